-- What of the business days since the last closed one, up to a day, is open or unsettled: sessions that run, or
-- of which something is due or owed back; orders without a session; open drawers. A session is of the day
-- of its last document, else of its opening. At most 200 sessions and orders are listed. Sessions are looked at one by
-- one: each is found by its key, whatever the statistics say.
CREATE OR REPLACE FUNCTION public.day_unsettled(restaurant uuid, day date, OUT session_list json, OUT order_list json, OUT drawer_list json)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  since date := (SELECT coalesce(r.closed_through, '0001-01-01') FROM public.restaurants r WHERE r.id = restaurant);
  candidate record;
  found json;
  list json[] := '{}';
BEGIN
  FOR candidate IN
    SELECT s.id FROM public.sessions s WHERE s.restaurant_id = restaurant AND s.status = 'active'
    UNION
    SELECT o.session_id FROM public.orders o
    WHERE o.restaurant_id = restaurant AND o.business_date > since AND o.business_date <= day AND o.session_id IS NOT NULL
    UNION
    SELECT p.session_id FROM public.payments p
    WHERE p.restaurant_id = restaurant AND p.business_date > since AND p.business_date <= day AND p.session_id IS NOT NULL
    UNION
    SELECT (SELECT o.session_id FROM public.orders o WHERE o.restaurant_id = restaurant AND o.id = a.order_id)
    FROM public.order_adjustments a
    WHERE a.restaurant_id = restaurant AND a.business_date > since AND a.business_date <= day
    UNION
    SELECT (SELECT p.session_id FROM public.payments p WHERE p.restaurant_id = restaurant AND p.id = f.payment_id)
    FROM public.refunds f
    WHERE f.restaurant_id = restaurant AND f.business_date > since AND f.business_date <= day AND f.status = 'done'
    ORDER BY id
  LOOP
    found := public.session_unsettled(restaurant, candidate.id, day);
    list := CASE WHEN found IS NULL THEN list ELSE list || found END;
    EXIT WHEN cardinality(list) >= 200;
  END LOOP;
  session_list := array_to_json(list);
  -- Those with a document of the days. OFFSET 0: by days and keys, and not all orders of the past that have no session.
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
      FROM (
        SELECT x.id FROM public.orders x WHERE x.restaurant_id = restaurant AND x.business_date > since AND x.business_date <= day
        UNION
        SELECT a.order_id FROM public.order_adjustments a
        WHERE a.restaurant_id = restaurant AND a.business_date > since AND a.business_date <= day
        UNION
        SELECT (SELECT p.order_id FROM public.payments p WHERE p.restaurant_id = restaurant AND p.id = f.payment_id)
        FROM public.refunds f
        WHERE f.restaurant_id = restaurant AND f.business_date > since AND f.business_date <= day AND f.status = 'done'
        OFFSET 0) n
      CROSS JOIN LATERAL (
        SELECT y.id, y.order_number, y.business_date, y.session_id, y.status, y.deleted_at, y.standing_total, y.total_amount
        FROM public.orders y
        WHERE y.restaurant_id = restaurant AND y.id = n.id
        OFFSET 0) o
      WHERE o.session_id IS NULL) m
    WHERE m.total <> m.kept
    ORDER BY m.business_date, m.order_number
    LIMIT 200) l;
  SELECT coalesce(json_agg(json_build_object(
      'id', d.id, 'name', d.name, 'staff_id', d.staff_id, 'staff_name', s.display_name) ORDER BY d.opened_at, d.id), '[]'::json)
  INTO drawer_list
  FROM public.drawers d
  JOIN public.staff s ON s.restaurant_id = d.restaurant_id AND s.id = d.staff_id
  WHERE d.restaurant_id = restaurant AND d.closed_at IS NULL AND d.business_date <= day;
END
$$;
