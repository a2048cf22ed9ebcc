SELECT session_json(s.restaurant_id, s.id) AS answer, s.version
FROM sessions s
WHERE s.restaurant_id = $1 AND s.id = $2
