UPDATE orders o SET status = $3 WHERE o.restaurant_id = $1 AND o.id = $2
