-- What changed of a restaurant since the cursor's transaction ($2), for staff;
-- without one, what is open: orders, sessions, calls. A cursor is good for a
-- day, so only orders of yesterday's business day and later can have changed
-- unseen; older ones stay as they are but for refunds.
SELECT json_build_object(
    'orders', (
      SELECT coalesce(json_agg(order_json(o.restaurant_id, o.id) ORDER BY o.business_date, o.order_number), '[]'::json)
      FROM orders o
      WHERE o.restaurant_id = $1
        AND o.business_date >= business_date(now(), r.timezone, r.business_day_start) - 2
        AND CASE WHEN $2::xid8 IS NULL
            THEN o.deleted_at IS NULL AND o.status NOT IN ('completed', 'cancelled')
            ELSE o.changed_xid >= $2 END),
    'sessions', (
      SELECT coalesce(json_agg(session_json(s.restaurant_id, s.id) ORDER BY s.id), '[]'::json)
      FROM sessions s
      WHERE s.restaurant_id = $1
        AND CASE WHEN $2::xid8 IS NULL THEN s.status = 'active' AND s.expires_at > now()
            ELSE s.changed_xid >= $2 AND s.created_at > now() - interval '3 days' END),
    'service_calls', (
      SELECT coalesce(json_agg(call_json(c.restaurant_id, c.id) ORDER BY c.id), '[]'::json)
      FROM service_calls c
      WHERE c.restaurant_id = $1 AND c.created_at > now() - interval '2 days'
        AND CASE WHEN $2::xid8 IS NULL THEN c.acknowledged_at IS NULL ELSE c.changed_xid >= $2 END),
    'menu_version', r.menu_version, 'is_snapshot', $2::xid8 IS NULL, 'next_cursor', changes_cursor())
FROM restaurants r
WHERE r.id = $1
