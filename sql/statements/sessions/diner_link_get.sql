SELECT rfc3339(u.link_expires_at) AS expires_at FROM users u WHERE u.restaurant_id = $1 AND u.id = $2
