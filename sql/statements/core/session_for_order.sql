-- The session cannot be closed until the order is in, and its orders are placed one after
-- the other (see diner_check_lock).
SELECT s.id, s.table_id, s.status = 'active' AND s.expires_at > now() AS is_running, s.sums
FROM sessions s
WHERE s.restaurant_id = $1 AND s.id = $2
FOR NO KEY UPDATE
