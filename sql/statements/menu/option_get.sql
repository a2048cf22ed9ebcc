SELECT option_json(p.restaurant_id, p.id) AS answer, p.version
FROM menu_item_options p
WHERE p.restaurant_id = $1 AND p.id = $2 AND p.deleted_at IS NULL
