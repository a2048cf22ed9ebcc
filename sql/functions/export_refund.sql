-- Money that was given back, for the export. Its order's id is found first: in a join on whichever of two
-- columns has it, PostgreSQL may read all orders.
CREATE OR REPLACE FUNCTION public.export_refund(restaurant uuid, document uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  its_order uuid := (
    SELECT coalesce(f.order_id, p.order_id)
    FROM public.refunds f
    JOIN public.payments p ON p.restaurant_id = restaurant AND p.id = f.payment_id
    WHERE f.restaurant_id = restaurant AND f.id = document);
BEGIN
  RETURN (
    SELECT json_build_object(
      'type', 'refund', 'id', f.id, 'number', NULL, 'business_date', f.business_date,
      'created_at', public.rfc3339(f.created_at), 'order_id', o.id, 'order_date', o.business_date, 'order_number', o.order_number,
      'session_id', p.session_id, 'staff_id', f.staff_id, 'staff_name', w.display_name, 'method', p.method, 'kind', p.purpose,
      'reason', f.reason, 'currency', p.currency, 'refunded', f.amount, 'refunded_tips', f.tip_amount,
      'refunded_deposits', CASE p.purpose WHEN 'deposit' THEN f.amount ELSE 0 END, 'rounding_amount', -f.rounding_amount,
      'payment_id', f.payment_id, 'provider', p.provider, 'provider_ref', p.provider_ref, 'flag', f.flag,
      'reopens_due', f.reopens_due, 'drawer_id', f.drawer_id)
    FROM public.refunds f
    JOIN public.payments p ON p.restaurant_id = restaurant AND p.id = f.payment_id
    LEFT JOIN public.orders o ON o.restaurant_id = restaurant AND o.id = its_order
    LEFT JOIN public.staff w ON w.restaurant_id = restaurant AND w.id = f.staff_id
    WHERE f.restaurant_id = restaurant AND f.id = document);
END
$$;
