-- The orders of a session that stand, oldest first; those without a receipt of their own, or all.
CREATE OR REPLACE FUNCTION public.receipt_standing(restaurant uuid, session uuid, all_of_them boolean) RETURNS uuid[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN ARRAY(
    SELECT o.id
    FROM public.orders o
    WHERE o.restaurant_id = restaurant AND o.session_id = session AND o.status <> 'cancelled' AND o.deleted_at IS NULL
      AND (all_of_them OR NOT EXISTS (
        SELECT FROM public.receipt_orders c
        WHERE c.restaurant_id = restaurant AND c.order_id = o.id AND c.covers = 'order'))
    ORDER BY o.business_date, o.order_number);
END
$$;
