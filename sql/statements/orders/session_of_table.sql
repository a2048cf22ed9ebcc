SELECT s.id, s.sums
FROM sessions s
WHERE s.restaurant_id = $1 AND s.table_id = $2 AND s.status = 'active' AND s.expires_at > now()
FOR NO KEY UPDATE
