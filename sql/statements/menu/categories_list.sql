-- A menu has few categories: one page, in their order.
SELECT json_build_object(
  'data', coalesce(json_agg(category_json(c.restaurant_id, c.id) ORDER BY c.position, c.id), '[]'::json),
  'next_cursor', NULL) AS answer
FROM menu_categories c
WHERE c.restaurant_id = $1 AND c.deleted_at IS NULL
