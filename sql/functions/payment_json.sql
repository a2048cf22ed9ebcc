-- One payment as the API shows it, with the orders it pays and its refunds.
CREATE OR REPLACE FUNCTION public.payment_json(restaurant uuid, payment uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  answer json;
BEGIN
  SELECT json_build_object(
    'id', p.id, 'restaurant_id', p.restaurant_id, 'order_id', p.order_id,
    'session_id', p.session_id, 'intent_id', p.intent_id, 'purpose', p.purpose, 'for_diner_id', p.for_diner_id,
    'share_id', p.share_id, 'amount', p.amount, 'rounding_amount', p.rounding_amount,
    'tip_amount', p.tip_amount, 'currency', p.currency, 'method', p.method, 'drawer_id', p.drawer_id,
    'provider', p.provider, 'provider_ref', p.provider_ref, 'card_brand', p.card_brand,
    'card_last4', p.card_last4, 'flag', p.flag, 'business_date', p.business_date,
    'voided_at', public.rfc3339(p.voided_at), 'voided_by', p.voided_by, 'void_reason', p.void_reason,
    'refunded_amount', p.refunded_amount, 'refunded_tip_amount', p.refunded_tip_amount,
    'allocations', (
      SELECT coalesce(json_agg(json_build_object(
          'order_id', a.order_id, 'order_number', o.order_number, 'amount', a.amount,
          'refunded_amount', a.refunded_amount) ORDER BY o.business_date, o.order_number), '[]'::json)
      FROM public.payment_allocations a
      JOIN public.orders o ON o.restaurant_id = restaurant AND o.id = a.order_id
      WHERE a.restaurant_id = restaurant AND a.payment_id = p.id AND a.amount > 0),
    'receipt_id', (
      SELECT r.id FROM public.receipts r WHERE r.restaurant_id = restaurant AND r.payment_id = p.id),
    'refunds', (
      SELECT coalesce(json_agg(json_build_object(
          'id', f.id, 'amount', f.amount, 'tip_amount', f.tip_amount, 'rounding_amount', f.rounding_amount,
          'status', f.status, 'flag', f.flag, 'reopens_due', f.reopens_due, 'reason', f.reason,
          'staff_id', f.staff_id, 'drawer_id', f.drawer_id, 'business_date', f.business_date,
          'corrects_date', CASE WHEN p.business_date < f.business_date THEN p.business_date END,
          'created_at', public.rfc3339(f.created_at)) ORDER BY f.id), '[]'::json)
      FROM public.refunds f
      WHERE f.restaurant_id = restaurant AND f.payment_id = p.id),
    'staff_id', p.staff_id, 'diner_id', p.diner_id, 'version', p.version,
    'created_at', public.rfc3339(p.created_at), 'updated_at', public.rfc3339(p.updated_at))
  INTO answer
  FROM public.payments p
  WHERE p.restaurant_id = restaurant AND p.id = payment;
  RETURN answer;
END
$$;
