-- Issues a credit note for a receipt if its orders, or its share of the bill, now come to something else than the
-- receipt and its credit notes say. The last receipt for a share (settles) also takes up a change of the bill's tax
-- that changed no share. The caller has locked the session, if there is one, and the orders.
CREATE OR REPLACE FUNCTION public.receipt_correct(
  restaurant uuid, note uuid, receipt uuid, settles boolean, staff uuid) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  r record;
  orders uuid[];
  chain uuid[]; -- the receipt and what came after it
  parts uuid[];
  session uuid;
  bill jsonb;
  change jsonb;
  amount bigint;
BEGIN
  SELECT a.is_part, a.session_id, a.share_id INTO r
  FROM public.receipts a
  WHERE a.restaurant_id = restaurant AND a.id = receipt;
  orders := ARRAY(
    SELECT c.order_id FROM public.receipt_orders c WHERE c.restaurant_id = restaurant AND c.receipt_id = receipt);
  session := r.session_id;
  IF r.is_part THEN
    SELECT o.session_id INTO session
    FROM public.orders o
    WHERE o.restaurant_id = restaurant AND o.id = orders[1]; -- it may have moved
    orders := ARRAY(SELECT o.id FROM public.orders o WHERE o.restaurant_id = restaurant AND o.session_id = session);
    parts := public.receipt_parts(restaurant, session);
    bill := public.receipt_figures(restaurant, orders);
    amount := least(0, public.receipt_open(
      restaurant, session, r.share_id, coalesce((bill ->> 'total_amount')::bigint, 0), parts));
    change := public.receipt_issued(restaurant, parts);
    IF amount = 0 AND NOT (settles AND coalesce(bill ->> 'total_amount', '0') = coalesce(change ->> 'total_amount', '0')) THEN
      RETURN;
    END IF;
    change := public.receipt_part(bill, change, amount);
    chain := ARRAY(
      SELECT n.id
      FROM unnest(parts) AS n (id)
      CROSS JOIN LATERAL (
        SELECT a.share_id FROM public.receipts a WHERE a.restaurant_id = restaurant AND a.id = n.id LIMIT 1) a
      WHERE a.share_id IS NOT DISTINCT FROM r.share_id);
  ELSE
    chain := ARRAY(
      SELECT a.id FROM public.receipts a WHERE a.restaurant_id = restaurant AND (a.id = receipt OR a.corrects_id = receipt));
    change := public.receipt_difference(public.receipt_figures(restaurant, orders), public.receipt_issued(restaurant, chain));
  END IF;
  IF change <> '{}' THEN
    PERFORM public.receipt_issue(restaurant, note, jsonb_build_object(
      'kind', 'credit_note', 'corrects_id', receipt, 'session_id', session, 'share_id', r.share_id, 'is_part', r.is_part,
      'staff_id', staff, 'known', (
        SELECT coalesce(jsonb_agg(a.value -> 'id'), '[]')
        FROM unnest(chain) AS n (id)
        CROSS JOIN LATERAL (
          SELECT c.document FROM public.receipts c WHERE c.restaurant_id = restaurant AND c.id = n.id LIMIT 1) d
        CROSS JOIN jsonb_path_query(d.document::jsonb, '$.orders[*].adjustments[*]') AS a (value))), orders, change);
  END IF;
END
$$;
