-- The guests of a session, in the order in which they joined, without those who were sent
-- away.
SELECT u.id FROM users u WHERE u.restaurant_id = $1 AND u.session_id = $2 AND u.removed_at IS NULL ORDER BY u.created_at, u.id
