-- The session a diner is in, whether it still runs or has ended within the last day (is_of_late), and its
-- table. $3: the token's sign-in.
SELECT u.session_id, s.status = 'active' AND (s.expires_at > now() OR session_owes(s.restaurant_id, s.id)) AS is_running, s.table_id,
       u.removed_at IS NULL AND u.sign_in_id IS NOT DISTINCT FROM $3::uuid AS is_let_in,
       coalesce(s.closed_at, s.expires_at) > now() - interval '24 hours' AS is_of_late
FROM users u
JOIN sessions s ON s.restaurant_id = u.restaurant_id AND s.id = u.session_id
WHERE u.restaurant_id = $1 AND u.id = $2
