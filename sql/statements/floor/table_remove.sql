UPDATE tables t SET deleted_at = now() WHERE t.restaurant_id = $1 AND t.id = $2
