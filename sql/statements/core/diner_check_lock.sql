-- As diner_check, before a change: the session cannot be closed until it is made.
SELECT u.session_id, s.status = 'active' AND s.expires_at > now() AS is_running, s.table_id
FROM users u
JOIN sessions s ON s.restaurant_id = u.restaurant_id AND s.id = u.session_id
WHERE u.restaurant_id = $1 AND u.id = $2
FOR KEY SHARE OF s
