-- What of the business days up to one is open or unsettled: sessions that run, or of which something
-- is due or owed back, and orders without a session. A session is of the day of its last document, else of
-- its opening. At most 200 of each are listed.
CREATE OR REPLACE FUNCTION public.day_unsettled(restaurant uuid, day date, OUT session_list json, OUT order_list json)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  since date := (SELECT coalesce(r.closed_through, '-infinity') FROM public.restaurants r WHERE r.id = restaurant);
BEGIN
  SELECT coalesce(json_agg(json_build_object(
      'id', l.id, 'table_id', l.table_id, 'table_name', l.table_name, 'status', l.status, 'due', l.due, 'credit', l.credit)
    ORDER BY l.id), '[]'::json)
  INTO session_list
  FROM (
    SELECT s.id, s.table_id, t.name AS table_name, s.status, d.due, d.credit
    FROM (
      SELECT x.id FROM public.sessions x WHERE x.restaurant_id = restaurant AND x.status = 'active'
      UNION
      SELECT x.session_id FROM public.orders x
      WHERE x.restaurant_id = restaurant AND x.payment_status IN ('unpaid', 'partially_paid') AND x.status <> 'cancelled'
        AND x.deleted_at IS NULL AND x.session_id IS NOT NULL
      UNION
      SELECT x.id FROM public.sessions x WHERE x.restaurant_id = restaurant AND x.has_credit) c
    CROSS JOIN LATERAL ( -- one by one: a plan may take them for many, and read all there are
      SELECT y.id, y.table_id, y.status, y.expires_at, y.created_at
      FROM public.sessions y
      WHERE y.restaurant_id = restaurant AND y.id = c.id
      OFFSET 0) s
    JOIN public.tables t ON t.restaurant_id = restaurant AND t.id = s.table_id
    JOIN public.restaurants r ON r.id = restaurant
    CROSS JOIN LATERAL public.session_due(restaurant, s.id) d
    WHERE (s.status = 'active' AND s.expires_at > now() OR d.due > 0 OR d.credit > 0)
      AND coalesce(greatest(
        (SELECT max(o.business_date) FROM public.orders o WHERE o.restaurant_id = restaurant AND o.session_id = s.id),
        (SELECT max(a.business_date) FROM public.order_adjustments a
         JOIN public.orders o ON o.restaurant_id = a.restaurant_id AND o.id = a.order_id
         WHERE a.restaurant_id = restaurant AND o.session_id = s.id),
        (SELECT max(p.business_date) FROM public.payments p WHERE p.restaurant_id = restaurant AND p.session_id = s.id),
        (SELECT max(f.business_date) FROM public.refunds f
         JOIN public.payments p ON p.restaurant_id = f.restaurant_id AND p.id = f.payment_id
         WHERE f.restaurant_id = restaurant AND p.session_id = s.id)),
        public.business_date(s.created_at, r.timezone, r.business_day_start)) <= day
    ORDER BY s.id
    LIMIT 200) l;
  SELECT coalesce(json_agg(json_build_object(
      'id', l.id, 'order_number', l.order_number, 'business_date', l.business_date, 'due', greatest(l.total - l.kept, 0),
      'credit', greatest(l.kept - l.total, 0)) ORDER BY l.business_date, l.order_number), '[]'::json)
  INTO order_list
  FROM (
    SELECT m.id, m.order_number, m.business_date, m.total, m.kept
    FROM (
      SELECT o.id, o.order_number, o.business_date,
        CASE WHEN o.status = 'cancelled' OR o.deleted_at IS NOT NULL THEN 0 ELSE coalesce(o.standing_total, o.total_amount) END AS total, (
          SELECT coalesce(sum(a.amount - a.refunded_amount), 0)
          FROM public.payment_allocations a
          WHERE a.restaurant_id = restaurant AND a.order_id = o.id) AS kept
      FROM public.orders o
      WHERE o.restaurant_id = restaurant AND o.business_date > since AND o.business_date <= day AND o.session_id IS NULL) m
    WHERE m.total <> m.kept
    ORDER BY m.business_date, m.order_number
    LIMIT 200) l;
END
$$;
