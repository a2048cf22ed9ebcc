UPDATE menu_item_options p SET deleted_at = now() WHERE p.restaurant_id = $1 AND p.id = $2
