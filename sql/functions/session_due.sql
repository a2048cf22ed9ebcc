-- What is due of a session's orders and of how many, and what was kept beyond what its
-- orders come to, which is owed to the guests. An order that was cancelled or deleted
-- comes to nothing; the others to what they stand at after their adjustments.
CREATE OR REPLACE FUNCTION public.session_due(
  restaurant uuid, session uuid, OUT due bigint, OUT unpaid_orders bigint, OUT credit bigint)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  SELECT coalesce(sum(greatest(m.total - m.kept, 0)), 0), count(*) FILTER (WHERE m.total > m.kept),
    coalesce(sum(greatest(m.kept - m.total, 0)), 0)
  INTO due, unpaid_orders, credit
  FROM (
    SELECT CASE WHEN o.status = 'cancelled' OR o.deleted_at IS NOT NULL THEN 0
                ELSE coalesce(o.standing_total, o.total_amount) END AS total, (
        SELECT coalesce(sum(a.amount - a.refunded_amount), 0)
        FROM public.payment_allocations a
        WHERE a.restaurant_id = restaurant AND a.order_id = o.id) AS kept
    FROM public.orders o
    WHERE o.restaurant_id = restaurant AND o.session_id = session) m;
END
$$;
