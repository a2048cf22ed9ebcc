SELECT item_json(i.restaurant_id, i.id) AS answer, i.version
FROM menu_items i
WHERE i.restaurant_id = $1 AND i.id = $2 AND i.deleted_at IS NULL
