UPDATE order_items i SET status = $3 WHERE i.restaurant_id = $1 AND i.id = $2
