UPDATE menu_items i SET deleted_at = now() WHERE i.restaurant_id = $1 AND i.id = $2
