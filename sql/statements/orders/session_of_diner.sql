-- The session of a guest who was not sent away.
SELECT u.session_id FROM users u WHERE u.restaurant_id = $1 AND u.id = $2 AND u.removed_at IS NULL
