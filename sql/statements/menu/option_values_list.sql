SELECT v.id
FROM menu_item_option_values v
WHERE v.restaurant_id = $1 AND v.option_id = $2 AND v.deleted_at IS NULL
