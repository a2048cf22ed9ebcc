-- A document on an order, as the API shows it.
CREATE OR REPLACE FUNCTION public.adjustment_json(restaurant uuid, adjustment uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  answer json;
BEGIN
  SELECT json_build_object(
    'id', a.id, 'order_id', a.order_id, 'kind', a.kind, 'item_id', a.item_id, 'quantity', a.quantity,
    'amount', a.amount, 'rate_ppm', a.rate_ppm, 'reason', a.reason, 'subtotal', a.subtotal,
    'discount_amount', a.discount_amount, 'service_charge_amount', a.service_charge_amount,
    'tax_amount', a.tax_amount, 'taxes', a.taxes, 'tip_amount', a.tip_amount, 'deposit_used', a.deposit_used,
    'total_amount', a.total_amount, 'refund_id', a.refund_id, 'transfer_order_id', a.transfer_order_id,
    'business_date', a.business_date,
    'corrects_date', CASE WHEN o.business_date < a.business_date THEN o.business_date END, 'actor_role', a.actor_role, 'actor_id', a.actor_id,
    'created_at', public.rfc3339(a.created_at))
  INTO answer
  FROM public.order_adjustments a
  JOIN public.orders o ON o.restaurant_id = a.restaurant_id AND o.id = a.order_id
  WHERE a.restaurant_id = restaurant AND a.id = adjustment;
  RETURN answer;
END
$$;
