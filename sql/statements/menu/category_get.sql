SELECT category_json(c.restaurant_id, c.id) AS answer, c.version
FROM menu_categories c
WHERE c.restaurant_id = $1 AND c.id = $2 AND c.deleted_at IS NULL
