-- The session of a table, if its time is over: locked before session_expire_table asks what
-- is due of it, so that an order that is just being placed counts.
SELECT s.id
FROM sessions s
WHERE s.restaurant_id = $1 AND s.table_id = $2 AND s.status = 'active' AND s.expires_at <= now()
FOR UPDATE
