UPDATE users u SET session_id = $3 WHERE u.restaurant_id = $1 AND u.session_id = $2
