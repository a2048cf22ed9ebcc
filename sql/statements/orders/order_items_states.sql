SELECT i.id, i.status FROM order_items i WHERE i.restaurant_id = $1 AND i.order_id = $2 FOR NO KEY UPDATE
