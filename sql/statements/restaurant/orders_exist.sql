SELECT EXISTS (SELECT FROM orders o WHERE o.restaurant_id = $1) AS found
