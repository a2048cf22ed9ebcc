SELECT p.version, p.min_select, p.max_select, p.menu_item_id
FROM menu_item_options p
JOIN menu_items i ON i.restaurant_id = p.restaurant_id AND i.id = p.menu_item_id AND i.deleted_at IS NULL
WHERE p.restaurant_id = $1 AND p.id = $2 AND p.deleted_at IS NULL
FOR NO KEY UPDATE OF p
