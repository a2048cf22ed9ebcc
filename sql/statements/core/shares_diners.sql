-- The guests of a session, in the order in which they joined.
SELECT u.id FROM users u WHERE u.restaurant_id = $1 AND u.session_id = $2 ORDER BY u.created_at, u.id
