-- The session cannot be closed until the order is in, and its orders are placed one after
-- the other (see diner_check_lock).
SELECT s.id, s.table_id, s.status = 'active' AND (s.expires_at > now() OR session_owes(s.restaurant_id, s.id)) AS is_running, s.sums,
  date_part('epoch', s.expires_at - now())::bigint AS seconds_left
FROM sessions s
WHERE s.restaurant_id = $1 AND s.id = $2
FOR NO KEY UPDATE
