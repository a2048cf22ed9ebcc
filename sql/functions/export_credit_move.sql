-- Credit of one order that pays another, for the export.
CREATE OR REPLACE FUNCTION public.export_credit_move(restaurant uuid, document uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT json_build_object(
      'type', 'credit_move', 'id', m.id, 'number', NULL, 'business_date', m.business_date,
      'created_at', public.rfc3339(m.created_at), 'order_id', o.id, 'order_date', o.business_date, 'order_number', o.order_number,
      'session_id', o.session_id, 'staff_id', NULL, 'staff_name', NULL, 'method', p.method, 'kind', NULL, 'reason', NULL,
      'currency', p.currency, 'amount', m.amount, 'payment_id', m.payment_id, 'to_order_id', t.id,
      'to_order_date', t.business_date, 'to_order_number', t.order_number)
    FROM public.allocation_moves m
    JOIN public.payments p ON p.restaurant_id = restaurant AND p.id = m.payment_id
    JOIN public.orders o ON o.restaurant_id = restaurant AND o.id = m.from_order_id
    JOIN public.orders t ON t.restaurant_id = restaurant AND t.id = m.to_order_id
    WHERE m.restaurant_id = restaurant AND m.id = document);
END
$$;
