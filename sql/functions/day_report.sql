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
          'id', a.id, 'kind', a.kind, 'order_id', a.order_id, 'order_number', o.order_number, 'corrects_date', o.business_date,
          'total_amount', a.total_amount, 'reason', a.reason) ORDER BY a.created_at, a.id), '[]'::json)
      FROM public.order_adjustments a
      JOIN public.orders o ON o.restaurant_id = a.restaurant_id AND o.id = a.order_id
      WHERE a.restaurant_id = restaurant AND a.business_date = day AND o.business_date < day),
    'unsettled', (
      SELECT json_build_object('sessions', u.session_list, 'orders', u.order_list, 'drawers', u.drawer_list) FROM public.day_unsettled(restaurant, day) u));
END
$$;
