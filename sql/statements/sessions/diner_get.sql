SELECT json_build_object('id', u.id, 'session_id', u.session_id, 'display_name', u.display_name,
                         'joined_at', rfc3339(u.created_at)) AS answer
FROM users u
WHERE u.restaurant_id = $1 AND u.id = $2
