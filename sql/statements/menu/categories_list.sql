-- A menu has few categories: one page, in their order.
SELECT json_build_object(
  'data', coalesce(json_agg(json_build_object(
    'id', c.id, 'name', c.name, 'description', c.description, 'position', c.position,
    'version', c.version, 'created_at', rfc3339(c.created_at), 'updated_at', rfc3339(c.updated_at)) ORDER BY c.position, c.id), '[]'::json),
  'next_cursor', NULL) AS answer
FROM menu_categories c
WHERE c.restaurant_id = $1 AND c.deleted_at IS NULL
