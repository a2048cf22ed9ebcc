-- What happened to an order after it was placed, for the export.
CREATE OR REPLACE FUNCTION public.export_adjustment(restaurant uuid, document uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT json_build_object(
      'type', 'adjustment', 'id', a.id, 'number', NULL, 'business_date', a.business_date,
      'created_at', public.rfc3339(a.created_at), 'order_id', o.id, 'order_date', o.business_date, 'order_number', o.order_number,
      'session_id', o.session_id, 'staff_id', w.id, 'staff_name', w.display_name, 'method', NULL, 'kind', a.kind,
      'reason', a.reason, 'currency', o.currency, 'orders', CASE WHEN a.ends_order THEN -1 ELSE 0 END, 'subtotal', a.subtotal,
      'discount_amount', a.discount_amount, 'service_charge_amount', a.service_charge_amount, 'tax_amount', a.tax_amount,
      'tip_amount', a.tip_amount, 'deposit_used', a.deposit_used, 'total_amount', a.total_amount,
      'prices_include_tax', o.prices_include_tax, 'taxes', a.taxes, 'lines', coalesce(a.lines, '[]'::jsonb),
      'refund_id', a.refund_id, 'transfer_order_id', a.transfer_order_id)
    FROM public.order_adjustments a
    JOIN public.orders o ON o.restaurant_id = restaurant AND o.id = a.order_id
    LEFT JOIN public.staff w ON w.restaurant_id = restaurant
      AND w.id = CASE WHEN a.actor_role NOT IN ('diner', 'system') THEN a.actor_id END
    WHERE a.restaurant_id = restaurant AND a.id = document);
END
$$;
