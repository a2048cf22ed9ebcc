-- What happened to an order, oldest first; a diner ($3: its session) sees its session's.
SELECT json_build_object('data', (
    SELECT coalesce(json_agg(adjustment_json(a.restaurant_id, a.id) ORDER BY a.created_at, a.id), '[]'::json)
    FROM order_adjustments a
    WHERE a.restaurant_id = $1 AND a.order_id = o.id),
  'next_cursor', NULL) AS answer
FROM orders o
WHERE o.restaurant_id = $1 AND o.id = $2 AND ($3::uuid IS NULL OR o.session_id = $3)
