-- FOR KEY SHARE: the session cannot be closed until the order is in.
SELECT s.id, s.table_id, s.status = 'active' AND s.expires_at > now() AS is_running
FROM sessions s
WHERE s.restaurant_id = $1 AND s.id = $2
FOR KEY SHARE
