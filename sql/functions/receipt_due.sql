-- What is due of a share, or else of orders.
CREATE OR REPLACE FUNCTION public.receipt_due(restaurant uuid, orders uuid[], share uuid) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF share IS NOT NULL THEN
    RETURN (SELECT greatest(h.amount - h.paid, 0) FROM public.shares h WHERE h.restaurant_id = restaurant AND h.id = share);
  END IF;
  RETURN (
    SELECT coalesce(sum(greatest(coalesce(o.standing_total, o.total_amount) - (
        SELECT coalesce(sum(a.amount - a.refunded_amount), 0)
        FROM public.payment_allocations a
        WHERE a.restaurant_id = restaurant AND a.order_id = o.id), 0)), 0)
    FROM public.orders o
    WHERE o.restaurant_id = restaurant AND o.id = ANY (receipt_due.orders) AND o.status <> 'cancelled' AND o.deleted_at IS NULL);
END
$$;
