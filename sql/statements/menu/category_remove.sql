UPDATE menu_categories c SET deleted_at = now() WHERE c.restaurant_id = $1 AND c.id = $2
