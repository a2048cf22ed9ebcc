SELECT p.menu_item_id, p.id, p.name, p.min_select, p.max_select, p.allow_repeat,
       v.id AS value_id, v.name AS value_name, v.price_modifier, v.is_available
FROM menu_item_options p
LEFT JOIN menu_item_option_values v
  ON v.restaurant_id = p.restaurant_id AND v.option_id = p.id AND v.deleted_at IS NULL
WHERE p.restaurant_id = $1 AND p.menu_item_id = ANY ($2::uuid[]) AND p.deleted_at IS NULL
ORDER BY p.menu_item_id, p.position, p.id
