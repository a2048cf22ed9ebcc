-- A diner's own session with everything ordered in it.
SELECT session_json(s.restaurant_id, s.id)::jsonb || jsonb_build_object('orders', (
    SELECT coalesce(jsonb_agg(order_json(o.restaurant_id, o.id) ORDER BY o.created_at, o.id), '[]'::jsonb)
    FROM orders o
    WHERE o.restaurant_id = $1 AND o.session_id = s.id AND o.deleted_at IS NULL)) AS answer,
  s.version
FROM sessions s
JOIN users u ON u.restaurant_id = s.restaurant_id AND u.session_id = s.id
WHERE s.restaurant_id = $1 AND u.id = $2
