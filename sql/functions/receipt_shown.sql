-- What is shown as the receipt of a share, an order or a session: the one that was issued last, else a
-- draft, whose id is NULL.
CREATE OR REPLACE FUNCTION public.receipt_shown(
  restaurant uuid, session uuid, order_id uuid, share uuid, for_guest boolean, OUT id uuid, OUT answer json)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  found uuid[];
  is_copy boolean;
BEGIN
  IF share IS NOT NULL THEN
    found := ARRAY(
      SELECT r.id
      FROM public.shares h
      JOIN public.receipts r ON r.restaurant_id = h.restaurant_id AND r.share_id = h.id
      WHERE h.restaurant_id = restaurant AND h.id = share AND h.session_id = session);
  ELSIF order_id IS NOT NULL THEN
    found := ARRAY(
      SELECT c.receipt_id
      FROM public.receipt_orders c
      WHERE c.restaurant_id = restaurant AND c.order_id = receipt_shown.order_id AND c.covers = 'order');
  ELSE
    found := ARRAY(
      SELECT DISTINCT c.receipt_id
      FROM public.orders o
      JOIN public.receipt_orders c ON c.restaurant_id = o.restaurant_id AND c.order_id = o.id AND c.covers = 'order'
      WHERE o.restaurant_id = restaurant AND o.session_id = session);
  END IF;
  SELECT r.id, for_guest OR r.printed_at IS NOT NULL INTO id, is_copy
  FROM unnest(found) AS n (id)
  CROSS JOIN LATERAL (
    SELECT a.id, a.kind, a.printed_at, a.issued_at FROM public.receipts a WHERE a.restaurant_id = restaurant AND a.id = n.id LIMIT 1) r
  WHERE r.kind = 'receipt'
  ORDER BY r.issued_at DESC
  LIMIT 1;
  IF id IS NULL THEN
    answer := public.receipt_draft(restaurant, session, order_id, share);
  ELSE
    answer := public.receipt_json(restaurant, id, is_copy);
  END IF;
END
$$;
