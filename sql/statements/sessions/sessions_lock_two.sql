-- Always in the same order, so that two mergers do not deadlock.
SELECT s.id, s.status = 'active' AND (s.expires_at > now() OR session_owes(s.restaurant_id, s.id)) AS is_running, s.table_id, s.version
FROM sessions s
WHERE s.restaurant_id = $1 AND s.id IN ($2, $3)
ORDER BY s.id
FOR UPDATE
