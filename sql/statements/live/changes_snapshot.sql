-- What staff begin with: the open orders from two business days ago on; for those
-- who may see them ($3) the active sessions, and unacknowledged calls of two days.
-- $2: the cursor's scope. OFFSET 0: see restaurant_for_order.sql.
SELECT json_build_object(
    'orders', (
      SELECT coalesce(json_agg(order_json(o.restaurant_id, o.id) ORDER BY o.business_date, o.order_number), '[]'::json)
      FROM orders o
      WHERE o.restaurant_id = $1
        AND o.business_date >= r.first_date
        AND o.deleted_at IS NULL AND o.status IN ('pending', 'confirmed', 'preparing', 'ready', 'served')),
    'sessions', (
      SELECT coalesce(json_agg(session_json(s.restaurant_id, s.id) ORDER BY s.id), '[]'::json)
      FROM sessions s
      WHERE s.restaurant_id = $1 AND s.status = 'active' AND $3::boolean
        AND (s.expires_at > now() OR session_owes(s.restaurant_id, s.id))),
    'service_calls', (
      SELECT coalesce(json_agg(call_json(c.restaurant_id, c.id) ORDER BY c.id), '[]'::json)
      FROM service_calls c
      WHERE c.restaurant_id = $1 AND c.created_at > now() - interval '2 days' AND c.acknowledged_at IS NULL AND $3),
    'menu_version', r.menu_version, 'is_snapshot', true, 'next_cursor', changes_cursor(r.id) || '-' || $2::text) AS answer
FROM (
  SELECT r.id, r.menu_version, business_date(now(), r.timezone, r.business_day_start) - 2 AS first_date
  FROM restaurants r
  WHERE r.id = $1
  OFFSET 0) AS r
