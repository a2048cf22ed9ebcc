-- FOR UPDATE waits for orders that are being placed.
SELECT s.status, s.version, s.expires_at <= now() AND NOT session_owes(s.restaurant_id, s.id) AS has_run_out
FROM sessions s
WHERE s.restaurant_id = $1 AND s.id = $2
FOR UPDATE
