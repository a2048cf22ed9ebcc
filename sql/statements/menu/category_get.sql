SELECT json_build_object(
    'id', c.id, 'name', c.name, 'description', c.description, 'position', c.position,
    'version', c.version, 'created_at', rfc3339(c.created_at), 'updated_at', rfc3339(c.updated_at)) AS answer,
  c.version
FROM menu_categories c
WHERE c.restaurant_id = $1 AND c.id = $2 AND c.deleted_at IS NULL
