-- Issues an order's receipt; its session, if it has one, and the order are locked. What became of it, as
-- receipt_of_session says; cancelled: it does not stand.
CREATE OR REPLACE FUNCTION public.receipt_of_order(restaurant uuid, receipt uuid, order_id uuid, head jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  session uuid;
  stands boolean;
BEGIN
  SELECT o.session_id, o.status <> 'cancelled' AND o.deleted_at IS NULL INTO session, stands
  FROM public.orders o
  WHERE o.restaurant_id = restaurant AND o.id = receipt_of_order.order_id;
  IF NOT stands THEN
    RETURN 'cancelled';
  ELSIF EXISTS (
    SELECT FROM public.receipt_orders c
    WHERE c.restaurant_id = restaurant AND c.order_id = receipt_of_order.order_id AND c.covers = 'order') THEN
    RETURN 'receipted';
  ELSIF public.receipt_issued(restaurant, public.receipt_parts(restaurant, session)) <> '{}' THEN
    RETURN 'shares';
  END IF;
  PERFORM public.receipt_issue(restaurant, receipt, head || jsonb_build_object('kind', 'receipt', 'session_id', session),
    ARRAY[order_id], public.receipt_figures(restaurant, ARRAY[order_id]));
  RETURN 'issued';
END
$$;
