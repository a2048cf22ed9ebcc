-- What changed in a restaurant since the cursor's transaction ($4), for staff;
-- sessions and service calls for those who may see them ($3). $2: the cursor's scope.
SELECT json_build_object(
    'orders', (
      SELECT coalesce(json_agg(order_json(o.restaurant_id, o.id) ORDER BY o.business_date, o.order_number), '[]'::json)
      FROM orders o
      WHERE o.restaurant_id = $1 AND o.changed_xid >= $4::xid8),
    'sessions', (
      SELECT coalesce(json_agg(session_json(s.restaurant_id, s.id) ORDER BY s.id), '[]'::json)
      FROM sessions s
      WHERE s.restaurant_id = $1 AND s.changed_xid >= $4 AND $3::boolean),
    'service_calls', (
      SELECT coalesce(json_agg(call_json(c.restaurant_id, c.id) ORDER BY c.id), '[]'::json)
      FROM service_calls c
      WHERE c.restaurant_id = $1 AND c.changed_xid >= $4 AND $3),
    'menu_version', r.menu_version, 'is_snapshot', false, 'next_cursor', changes_cursor(r.id) || '-' || $2::text) AS answer
FROM restaurants r
WHERE r.id = $1
