-- What changed in a diner's session ($2) since the cursor's transaction ($3);
-- without one, all of it.
SELECT json_build_object(
    'orders', (
      SELECT coalesce(json_agg(order_json(o.restaurant_id, o.id) ORDER BY o.business_date, o.order_number), '[]'::json)
      FROM orders o
      WHERE o.restaurant_id = $1 AND o.session_id = $2
        AND CASE WHEN $3::xid8 IS NULL THEN o.deleted_at IS NULL ELSE o.changed_xid >= $3 END),
    'sessions', (
      SELECT coalesce(json_agg(session_json(s.restaurant_id, s.id)), '[]'::json)
      FROM sessions s
      WHERE s.restaurant_id = $1 AND s.id = $2 AND ($3::xid8 IS NULL OR s.changed_xid >= $3)),
    'service_calls', (
      SELECT coalesce(json_agg(call_json(c.restaurant_id, c.id) ORDER BY c.id), '[]'::json)
      FROM service_calls c
      WHERE c.restaurant_id = $1 AND c.session_id = $2 AND ($3::xid8 IS NULL OR c.changed_xid >= $3)),
    'menu_version', r.menu_version, 'is_snapshot', $3::xid8 IS NULL, 'next_cursor', changes_cursor(r.id) || '-' || $2::text) AS answer
FROM restaurants r
WHERE r.id = $1
