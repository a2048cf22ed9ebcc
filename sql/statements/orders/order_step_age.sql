-- How many seconds ago the order came to its status ($3), or past it, from an earlier one;
-- and whether it was ever confirmed, for that is where it returns to from the kitchen.
SELECT extract(epoch FROM clock_timestamp() - max(h.created_at) FILTER (
    WHERE coalesce(array_position(w.way, h.from_status), 0) < array_position(w.way, $3)
      AND array_position(w.way, h.to_status) >= array_position(w.way, $3)))::bigint AS age,
  coalesce(bool_or(h.to_status = 'confirmed'), false) AS was_confirmed
FROM order_status_history h
CROSS JOIN (SELECT ARRAY['pending', 'confirmed', 'preparing', 'ready', 'served', 'completed'] AS way) w
WHERE h.restaurant_id = $1 AND h.order_id = $2 AND h.order_item_id IS NULL
