-- One order as the API shows it, lines and customizations included.
-- plpgsql, so that the plan is kept for the connection.
CREATE OR REPLACE FUNCTION public.order_json(restaurant uuid, order_id uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  answer json;
BEGIN
  SELECT json_build_object(
    'id', o.id, 'order_number', o.order_number, 'business_date', o.business_date,
    'restaurant_id', o.restaurant_id, 'table_id', o.table_id, 'session_id', o.session_id,
    'diner_id', o.diner_id, 'staff_id', o.staff_id,
    'order_type', o.order_type, 'status', o.status, 'payment_status', o.payment_status,
    'currency', o.currency, 'prices_include_tax', o.prices_include_tax,
    'subtotal', o.subtotal, 'service_charge_ppm', o.service_charge_ppm,
    'service_charge_amount', o.service_charge_amount, 'tax_amount', o.tax_amount, 'taxes', o.taxes,
    'tip_amount', o.tip_amount, 'discount_amount', o.discount_amount,
    'deposit_used', o.deposit_used, 'deposit_id', o.deposit_id, 'total_amount', o.total_amount,
    'adjusted', coalesce((o.standing -> 'adjusted')::json, json_build_object(
      'subtotal', o.subtotal, 'discount_amount', o.discount_amount, 'service_charge_amount', o.service_charge_amount,
      'tax_amount', o.tax_amount, 'taxes', o.taxes, 'tip_amount', o.tip_amount, 'deposit_used', o.deposit_used,
      'total_amount', o.total_amount)),
    'paid', m.paid, 'refunded', m.refunded, 'due', greatest(m.total - m.paid + m.refunded, 0),
    'credit', greatest(m.paid - m.refunded - m.total, 0),
    'payment_method', o.payment_method, 'customer_name', o.customer_name,
    'customer_phone', o.customer_phone, 'notes', o.notes,
    'special_instructions', o.special_instructions, 'version', o.version,
    'created_at', public.rfc3339(o.created_at), 'updated_at', public.rfc3339(o.updated_at),
    'occurred_at', public.rfc3339(o.occurred_at), 'deleted_at', public.rfc3339(o.deleted_at),
    'items', (
      SELECT json_agg(json_build_object(
          'id', i.id, 'menu_item_id', i.menu_item_id, 'name', i.name, 'price', i.price,
          'quantity', i.quantity, 'voided_quantity', i.voided_quantity, 'subtotal', i.subtotal, 'tax_rate_ppm', i.tax_rate_ppm,
          'station', i.station, 'status', i.status,
          'special_instructions', i.special_instructions,
          'customizations', (
            SELECT coalesce(json_agg(json_build_object(
                'option_id', c.option_id, 'value_id', c.value_id,
                'option_name', c.option_name, 'value_name', c.value_name,
                'price_modifier', c.price_modifier, 'quantity', c.quantity) ORDER BY c.position), '[]'::json)
            FROM public.order_item_customizations c
            WHERE c.restaurant_id = restaurant AND c.order_item_id = i.id)
        ) ORDER BY i.position)
      FROM public.order_items i
      WHERE i.restaurant_id = restaurant AND i.order_id = o.id),
    'adjustments', (
      SELECT coalesce(json_agg(public.adjustment_json(a.restaurant_id, a.id) ORDER BY a.created_at, a.id), '[]'::json)
      FROM public.order_adjustments a
      WHERE a.restaurant_id = restaurant AND a.order_id = o.id))
  INTO answer
  FROM public.orders o
  CROSS JOIN LATERAL (
    SELECT CASE WHEN o.status = 'cancelled' OR o.deleted_at IS NOT NULL THEN 0
                ELSE coalesce(o.standing_total, o.total_amount) END AS total,
      coalesce(sum(p.amount), 0) AS paid, coalesce(sum(p.refunded_amount), 0) AS refunded
    FROM public.payment_allocations p
    WHERE p.restaurant_id = restaurant AND p.order_id = o.id) m
  WHERE o.restaurant_id = restaurant AND o.id = order_json.order_id;
  RETURN answer;
END
$$;
