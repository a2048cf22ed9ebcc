-- One online payment that was begun, as the API shows it.
CREATE OR REPLACE FUNCTION public.intent_json(restaurant uuid, intent uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  answer json;
BEGIN
  SELECT json_build_object(
    'id', i.id, 'order_id', i.order_id, 'session_id', i.session_id, 'for_diner_id', i.for_diner_id,
    'share_id', i.share_id, 'provider', i.provider,
    'amount', i.amount, 'tip_amount', i.tip_amount, 'charge_amount', i.amount + i.tip_amount,
    'rounding_amount', i.amount - (
      SELECT sum(a.amount)
      FROM public.payment_intent_allocations a
      WHERE a.restaurant_id = restaurant AND a.intent_id = i.id),
    'currency', i.currency, 'status', i.status, 'expires_at', public.rfc3339(i.expires_at),
    'diner_id', i.diner_id, 'staff_id', i.staff_id, 'version', i.version,
    'created_at', public.rfc3339(i.created_at))
  INTO answer
  FROM public.payment_intents i
  WHERE i.restaurant_id = restaurant AND i.id = intent;
  RETURN answer;
END
$$;
