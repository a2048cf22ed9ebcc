-- The orders that a receipt lists, and what happened to them, except for what the documents in `known` already
-- list. A credit note lists only orders to which something happened since, and no lines, since what happened
-- names them. For a share by item: only its lines. For a guest's share: the guest's orders and those of nobody in
-- particular.
CREATE OR REPLACE FUNCTION public.receipt_orders_json(
  restaurant uuid, orders uuid[], kind text, share uuid, known uuid[]) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  is_note boolean := receipt_orders_json.kind = 'credit_note';
  zone text := (SELECT r.timezone FROM public.restaurants r WHERE r.id = restaurant);
  own jsonb; -- the lines of a share by item
  guest uuid;
BEGIN
  SELECT h.items, h.diner_id INTO own, guest FROM public.shares h WHERE h.restaurant_id = restaurant AND h.id = share;
  RETURN (
    WITH shared AS (
      SELECT (p.part ->> 'item_id')::uuid AS item_id, sum((p.part ->> 'quantity')::bigint) AS quantity,
        count(p.part -> 'parts') AS had, max((p.part ->> 'parts')::bigint) AS parts
      FROM jsonb_array_elements(own) AS p (part)
      GROUP BY 1),
    happened AS (
      SELECT a.order_id, json_agg(json_build_object('id', a.id, 'kind', a.kind, 'name', i.name, 'quantity', a.quantity,
          'reason', a.reason, 'amount', a.total_amount) ORDER BY a.created_at, a.id) AS list
      FROM public.order_adjustments a
      LEFT JOIN public.order_items i ON i.restaurant_id = restaurant AND i.id = a.item_id
      WHERE a.restaurant_id = restaurant AND a.order_id = ANY (receipt_orders_json.orders) AND a.id <> ALL (known)
        AND (a.kind <> 'rounding' OR a.total_amount <> 0)
        AND (own IS NULL OR a.item_id IS NULL OR a.item_id IN (SELECT s.item_id FROM shared s))
      GROUP BY a.order_id),
    lines AS (
      SELECT i.order_id, json_agg(json_build_object('name', i.name, 'quantity', coalesce(s.quantity, i.quantity),
          'price', i.price + i.customization_amount, 'subtotal', CASE
            WHEN s.had > 0 THEN round(i.subtotal::numeric * s.had / s.parts)
            ELSE (i.price + i.customization_amount) * coalesce(s.quantity, i.quantity) END,
          'parts', s.parts, 'tax_rate_ppm', i.tax_rate_ppm, 'item_code', m.item_code,
          'customizations', (
            SELECT coalesce(json_agg(json_build_object('option_name', c.option_name, 'value_name', c.value_name,
                'price_modifier', c.price_modifier, 'quantity', c.quantity) ORDER BY c.position), '[]'::json)
            FROM public.order_item_customizations c
            WHERE c.restaurant_id = restaurant AND c.order_item_id = i.id)) ORDER BY i.position) AS list
      FROM public.order_items i
      JOIN public.menu_items m ON m.restaurant_id = restaurant AND m.id = i.menu_item_id
      LEFT JOIN shared s ON s.item_id = i.id
      WHERE i.restaurant_id = restaurant AND i.order_id = ANY (receipt_orders_json.orders) AND NOT is_note
        AND (own IS NULL OR s.item_id IS NOT NULL)
      GROUP BY i.order_id)
    SELECT coalesce(json_agg(json_build_object('id', o.id, 'order_number', o.order_number, 'order_type', o.order_type,
        'placed_local', to_char(coalesce(o.occurred_at, o.created_at) AT TIME ZONE zone, 'YYYY-MM-DD HH24:MI'),
        'items', coalesce(l.list, '[]'::json), 'adjustments', coalesce(h.list, '[]'::json))
      ORDER BY o.business_date, o.order_number), '[]'::json)
    FROM public.orders o
    LEFT JOIN lines l ON l.order_id = o.id
    LEFT JOIN happened h ON h.order_id = o.id
    WHERE o.restaurant_id = restaurant AND o.id = ANY (receipt_orders_json.orders)
      AND CASE WHEN is_note THEN h.order_id IS NOT NULL
               ELSE l.order_id IS NOT NULL AND o.status <> 'cancelled' AND o.deleted_at IS NULL END
      AND (guest IS NULL OR o.diner_id IS NULL OR o.diner_id = guest));
END
$$;
