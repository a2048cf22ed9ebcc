SELECT o.session_id FROM orders o WHERE o.restaurant_id = $1 AND o.id = $2
