UPDATE orders o SET deleted_at = now() WHERE o.restaurant_id = $1 AND o.id = $2
