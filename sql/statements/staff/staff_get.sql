SELECT json_build_object(
    'id', s.id, 'email', s.email, 'display_name', s.display_name, 'role', s.role,
    'is_active', s.is_active, 'version', s.version,
    'created_at', rfc3339(s.created_at), 'updated_at', rfc3339(s.updated_at)) AS answer,
  s.version
FROM staff s
WHERE s.restaurant_id = $1 AND s.id = $2 AND s.deleted_at IS NULL
