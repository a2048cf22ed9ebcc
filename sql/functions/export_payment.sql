-- A payment or deposit for the export; payment_void: what takes it back.
CREATE OR REPLACE FUNCTION public.export_payment(restaurant uuid, document uuid, type text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  is_void boolean := type = 'payment_void';
  sign integer := CASE WHEN is_void THEN -1 ELSE 1 END;
BEGIN
  RETURN (
    SELECT json_build_object(
      'type', export_payment.type, 'id', p.id, 'number', NULL, 'business_date', p.business_date,
      'created_at', public.rfc3339(CASE WHEN is_void THEN p.voided_at ELSE p.created_at END),
      'order_id', p.order_id, 'order_date', o.business_date, 'order_number', o.order_number, 'session_id', p.session_id,
      'staff_id', w.id, 'staff_name', w.display_name, 'method', p.method, 'kind', p.purpose,
      'reason', CASE WHEN is_void THEN p.void_reason END, 'currency', p.currency, 'payments', sign, 'paid', sign * p.amount,
      'tips', sign * p.tip_amount, 'deposits', CASE p.purpose WHEN 'deposit' THEN sign * p.amount ELSE 0 END,
      'rounding_amount', sign * p.rounding_amount, 'provider', p.provider, 'provider_ref', p.provider_ref, 'flag', p.flag,
      'voided_at', public.rfc3339(p.voided_at), 'drawer_id', p.drawer_id)
    FROM public.payments p
    LEFT JOIN public.orders o ON o.restaurant_id = restaurant AND o.id = p.order_id
    LEFT JOIN public.staff w ON w.restaurant_id = restaurant AND w.id = CASE WHEN is_void THEN p.voided_by ELSE p.staff_id END
    WHERE p.restaurant_id = restaurant AND p.id = document);
END
$$;
