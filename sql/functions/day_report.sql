-- The Z report of a business day that is being closed: its sales by rate, method, member of staff,
-- order type and reason, as close_day() has just kept them; how what is owed and what deposits are held has
-- changed; parties and guests; drawers; receipts; what was corrected of earlier days; what is still unsettled. What is owed is what is due less
-- credit and less money that pays nothing: it moves by the sales, less the money that was kept for them.
CREATE OR REPLACE FUNCTION public.day_report(restaurant uuid, day date) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  sums jsonb := public.day_cut_json(restaurant, day, 'day') -> 0 -> 'sales';
  before json := (
    SELECT b.report FROM public.business_days b
    WHERE b.restaurant_id = restaurant AND b.business_date < day
    ORDER BY b.business_date DESC
    LIMIT 1);
  owed_before bigint := coalesce((before ->> 'owed_after')::bigint, 0);
  deposits_before bigint := coalesce((before ->> 'deposits_after')::bigint, 0);
  deposits_used bigint;
  party record;
  held bigint := (sums ->> 'deposits')::bigint - (sums ->> 'refunded_deposits')::bigint;
  kept bigint := (sums ->> 'paid')::bigint - (sums ->> 'refunded')::bigint - held - (sums ->> 'rounding_amount')::bigint;
BEGIN
  SELECT coalesce(sum(d.amount), 0)
  INTO deposits_used
  FROM (
    SELECT o.deposit_used AS amount
    FROM public.orders o
    WHERE o.restaurant_id = restaurant AND o.business_date = day AND o.deposit_id IS NOT NULL
    UNION ALL
    SELECT a.deposit_used
    FROM public.order_adjustments a
    JOIN public.orders o ON o.restaurant_id = a.restaurant_id AND o.id = a.order_id
    WHERE a.restaurant_id = restaurant AND a.business_date = day AND o.deposit_id IS NOT NULL) d;
  -- Of the parties whose first order is of the day.
  SELECT count(*) AS sessions, coalesce(sum(s.guest_count), 0) AS guests
  INTO party
  FROM public.sessions s
  WHERE s.restaurant_id = restaurant AND s.id IN (
      SELECT o.session_id FROM public.orders o WHERE o.restaurant_id = restaurant AND o.business_date = day)
    AND NOT EXISTS (
      SELECT FROM public.orders e WHERE e.restaurant_id = restaurant AND e.session_id = s.id AND e.business_date < day);
  RETURN json_build_object(
    'currency', (SELECT r.currency FROM public.restaurants r WHERE r.id = restaurant),
    'totals', sums,
    'tax_rates', public.day_cut_json(restaurant, day, 'tax_rate'),
    'methods', public.day_cut_json(restaurant, day, 'method'),
    'staff', public.day_cut_json(restaurant, day, 'staff'),
    'order_types', public.day_cut_json(restaurant, day, 'order_type'),
    'reasons', public.day_cut_json(restaurant, day, 'reason'),
    'first_order_number', (SELECT min(o.order_number) FROM public.orders o WHERE o.restaurant_id = restaurant AND o.business_date = day),
    'last_order_number', (SELECT max(o.order_number) FROM public.orders o WHERE o.restaurant_id = restaurant AND o.business_date = day),
    'owed_before', owed_before,
    'owed_after', owed_before + (sums ->> 'total_amount')::bigint - kept,
    'deposits_before', deposits_before,
    'deposits_used', deposits_used,
    'deposits_after', deposits_before + held - deposits_used,
    'sessions', party.sessions,
    'guests', party.guests,
    'drawers', public.day_drawers(restaurant, day),
    'receipts', public.day_receipts(restaurant, day, 'receipt'),
    'credit_notes', public.day_receipts(restaurant, day, 'credit_note'),
    'corrections', (
      SELECT coalesce(json_agg(json_build_object(
          'id', c.id, 'kind', c.kind, 'order_id', c.order_id, 'order_number', c.order_number, 'payment_id', c.payment_id,
          'corrects_date', c.corrects_date, 'total_amount', c.total_amount, 'refunded', c.refunded, 'reason', c.reason)
        ORDER BY c.created_at, c.id), '[]'::json)
      FROM (
        SELECT a.id, a.kind, a.order_id, o.order_number, NULL::uuid AS payment_id, o.business_date AS corrects_date, a.total_amount::bigint AS total_amount,
          0::bigint AS refunded, a.reason, a.created_at
        FROM public.order_adjustments a
        JOIN public.orders o ON o.restaurant_id = a.restaurant_id AND o.id = a.order_id
        WHERE a.restaurant_id = restaurant AND a.business_date = day AND o.business_date < day
        UNION ALL
        SELECT f.id, 'refund', NULL, NULL, p.id, p.business_date, 0, f.amount + f.tip_amount, f.reason, f.created_at
        FROM public.refunds f
        JOIN public.payments p ON p.restaurant_id = f.restaurant_id AND p.id = f.payment_id
        WHERE f.restaurant_id = restaurant AND f.business_date = day AND f.status = 'done' AND p.business_date < day) c),
    'unsettled', (
      SELECT json_build_object('sessions', u.session_list, 'orders', u.order_list, 'drawers', u.drawer_list) FROM public.day_unsettled(restaurant, day) u));
END
$$;
