-- An order as it was placed. One that was cancelled or deleted by a build that made no document of it counts as nothing, as in reports.
CREATE OR REPLACE FUNCTION public.export_order(restaurant uuid, document uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT json_build_object(
      'type', 'order', 'id', o.id, 'number', o.order_number::text, 'business_date', o.business_date,
      'created_at', public.rfc3339(o.created_at), 'order_id', o.id, 'order_date', o.business_date, 'order_number', o.order_number,
      'session_id', o.session_id, 'staff_id', o.staff_id, 'staff_name', w.display_name, 'method', NULL, 'kind', o.order_type,
      'reason', NULL, 'currency', o.currency, 'orders', c.counts, 'subtotal', o.subtotal * c.counts,
      'discount_amount', o.discount_amount * c.counts, 'service_charge_amount', o.service_charge_amount * c.counts,
      'tax_amount', o.tax_amount * c.counts, 'tip_amount', o.tip_amount * c.counts, 'deposit_used', o.deposit_used * c.counts,
      'total_amount', o.total_amount * c.counts, 'prices_include_tax', o.prices_include_tax,
      'taxes', CASE c.counts WHEN 1 THEN o.taxes ELSE '[]'::jsonb END,
      'lines', (
        SELECT coalesce(json_agg(json_build_object(
            'id', i.id, 'menu_item_id', i.menu_item_id, 'name', i.name, 'price', i.price,
            'customization_amount', i.customization_amount, 'quantity', i.quantity, 'subtotal', i.subtotal,
            'tax_rate_ppm', i.tax_rate_ppm) ORDER BY i.position), '[]'::json)
        FROM public.order_items i
        WHERE i.restaurant_id = restaurant AND i.order_id = o.id))
    FROM public.orders o
    CROSS JOIN LATERAL (
      SELECT CASE WHEN o.standing IS NOT NULL OR o.status <> 'cancelled' AND o.deleted_at IS NULL THEN 1 ELSE 0 END AS counts) c
    LEFT JOIN public.staff w ON w.restaurant_id = restaurant AND w.id = o.staff_id
    WHERE o.restaurant_id = restaurant AND o.id = document);
END
$$;
