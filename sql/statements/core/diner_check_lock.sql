-- As diner_check, before a change: the session cannot be closed until it is made, and
-- the changes of a session are made one after the other, since each order rounds over
-- what was ordered before it (sums).
SELECT u.session_id, s.status = 'active' AND (s.expires_at > now() OR session_owes(s.restaurant_id, s.id)) AS is_running, s.table_id,
       u.removed_at IS NULL AND u.sign_in_id IS NOT DISTINCT FROM $3::uuid AS is_let_in, s.sums,
       s.expires_at <= now() AS is_overdue, date_part('epoch', s.expires_at - now())::bigint AS seconds_left
FROM users u
JOIN sessions s ON s.restaurant_id = u.restaurant_id AND s.id = u.session_id
WHERE u.restaurant_id = $1 AND u.id = $2
FOR NO KEY UPDATE OF s
