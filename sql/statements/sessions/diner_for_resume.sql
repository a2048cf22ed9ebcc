-- The session of the guest whose code this is, locked before the guest's row changes.
SELECT s.status = 'active' AND (s.expires_at > now() OR session_owes(s.restaurant_id, s.id)) AS is_running
FROM users u
JOIN sessions s ON s.restaurant_id = u.restaurant_id AND s.id = u.session_id
WHERE u.restaurant_id = $1 AND u.link_hash = $2 AND u.link_expires_at > now() AND u.removed_at IS NULL
FOR NO KEY UPDATE OF s
