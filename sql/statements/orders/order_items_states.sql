-- age: how many seconds ago the line came to its status from an earlier one.
SELECT i.id, i.status,
  extract(epoch FROM clock_timestamp() - coalesce(
    CASE i.status WHEN 'preparing' THEN i.preparing_at WHEN 'ready' THEN i.ready_at END, i.updated_at))::bigint AS age
FROM order_items i WHERE i.restaurant_id = $1 AND i.order_id = $2 FOR NO KEY UPDATE
