SELECT u.session_id FROM users u WHERE u.restaurant_id = $1 AND u.id = $2
