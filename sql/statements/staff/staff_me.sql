SELECT json_build_object(
    'id', s.id, 'email', s.email, 'display_name', s.display_name, 'role', s.role,
    'restaurant_id', s.restaurant_id,
    'restaurant', json_build_object('id', r.id, 'slug', r.slug, 'name', r.name,
                                    'currency', r.currency, 'timezone', r.timezone)) AS answer,
  s.version
FROM staff s
JOIN restaurants r ON r.id = s.restaurant_id
WHERE s.restaurant_id = $1 AND r.id = $1 AND s.id = $2
