-- The receipts for the shares of a session's bill, and their credit notes; {} if there are none.
CREATE OR REPLACE FUNCTION public.receipt_parts(restaurant uuid, session uuid) RETURNS uuid[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN ARRAY(
    SELECT DISTINCT c.receipt_id
    FROM public.orders o
    JOIN public.receipt_orders c ON c.restaurant_id = o.restaurant_id AND c.order_id = o.id AND c.covers = 'part'
    WHERE o.restaurant_id = restaurant AND o.session_id = session);
END
$$;
