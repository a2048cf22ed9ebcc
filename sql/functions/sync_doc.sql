-- One entity as the mirror stores it: a change for Convex's sync:applyBatch. NULL
-- if the row does not exist. Times are milliseconds since 1970; what is NULL here
-- is left out there. Guests' names, codes and PINs are never sent.
CREATE OR REPLACE FUNCTION public.sync_doc(restaurant uuid, entity_type text, entity_id uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  doc jsonb;
  removed boolean;
BEGIN
  CASE entity_type
  WHEN 'order' THEN
    SELECT jsonb_build_object(
        'businessDate', o.business_date, 'orderNumber', o.order_number, 'tableId', o.table_id,
        'sessionId', o.session_id, 'dinerId', o.diner_id, 'orderType', o.order_type, 'status', o.status,
        'paymentStatus', o.payment_status, 'currency', o.currency, 'subtotal', o.subtotal,
        'taxAmount', o.tax_amount, 'tipAmount', o.tip_amount, 'discountAmount', o.discount_amount,
        'depositUsed', o.deposit_used, 'serviceChargeAmount', o.service_charge_amount,
        'totalAmount', o.total_amount, 'adjustedTotal', coalesce(o.standing_total, o.total_amount),
        'adjustments', (
          SELECT coalesce(jsonb_agg(jsonb_build_object(
              'pgId', a.id, 'kind', a.kind, 'itemId', a.item_id, 'quantity', a.quantity, 'reason', a.reason,
              'totalAmount', a.total_amount, 'businessDate', a.business_date,
              'createdAt', public.epoch_ms(a.created_at)) ORDER BY a.created_at, a.id), '[]'::jsonb)
          FROM public.order_adjustments a
          WHERE a.restaurant_id = restaurant AND a.order_id = o.id), 'notes', o.notes,
        'specialInstructions', o.special_instructions, 'createdAt', public.epoch_ms(o.created_at),
        'version', o.version, 'updatedAt', public.epoch_ms(o.updated_at),
        'items', (
          SELECT coalesce(jsonb_agg(jsonb_build_object(
              'pgId', i.id, 'menuItemId', i.menu_item_id, 'name', i.name, 'price', i.price,
              'quantity', i.quantity, 'voidedQuantity', i.voided_quantity, 'subtotal', i.subtotal, 'station', i.station, 'status', i.status,
              'specialInstructions', i.special_instructions,
              'options', (
                SELECT coalesce(jsonb_agg(jsonb_build_object('name', c.option_name, 'value', c.value_name,
                                                             'quantity', c.quantity) ORDER BY c.position), '[]'::jsonb)
                FROM public.order_item_customizations c
                WHERE c.restaurant_id = restaurant AND c.order_item_id = i.id)) ORDER BY i.position), '[]'::jsonb)
          FROM public.order_items i
          WHERE i.restaurant_id = restaurant AND i.order_id = o.id)),
      o.deleted_at IS NOT NULL
    INTO doc, removed
    FROM public.orders o
    WHERE o.restaurant_id = restaurant AND o.id = sync_doc.entity_id;
  WHEN 'menu_category' THEN
    SELECT jsonb_build_object('name', c.name, 'description', c.description, 'position', c.position, 'version', c.version,
        'updatedAt', public.epoch_ms(c.updated_at)), c.deleted_at IS NOT NULL
    INTO doc, removed
    FROM public.menu_categories c
    WHERE c.restaurant_id = restaurant AND c.id = sync_doc.entity_id;
  WHEN 'menu_item' THEN
    SELECT public.camel_keys(to_jsonb(i) - ARRAY['id', 'restaurant_id', 'created_at', 'deleted_at'])
        || jsonb_build_object('updatedAt', public.epoch_ms(i.updated_at)), i.deleted_at IS NOT NULL
    INTO doc, removed
    FROM public.menu_items i
    WHERE i.restaurant_id = restaurant AND i.id = sync_doc.entity_id;
  WHEN 'menu_item_option' THEN
    SELECT jsonb_build_object('menuItemId', p.menu_item_id, 'name', p.name, 'position', p.position,
        'minSelect', p.min_select, 'maxSelect', p.max_select, 'allowRepeat', p.allow_repeat, 'version', p.version,
        'updatedAt', public.epoch_ms(p.updated_at),
        'values', (
          SELECT coalesce(jsonb_agg(jsonb_build_object('pgId', v.id, 'name', v.name, 'priceModifier', v.price_modifier,
              'isDefault', v.is_default, 'isAvailable', v.is_available) ORDER BY v.position, v.id), '[]'::jsonb)
          FROM public.menu_item_option_values v
          WHERE v.restaurant_id = restaurant AND v.option_id = p.id AND v.deleted_at IS NULL)),
      p.deleted_at IS NOT NULL
    INTO doc, removed
    FROM public.menu_item_options p
    WHERE p.restaurant_id = restaurant AND p.id = sync_doc.entity_id;
  WHEN 'table' THEN
    SELECT jsonb_build_object('name', t.name, 'seats', t.seats, 'zone', t.zone, 'version', t.version,
        'updatedAt', public.epoch_ms(t.updated_at)), t.deleted_at IS NOT NULL
    INTO doc, removed
    FROM public.tables t
    WHERE t.restaurant_id = restaurant AND t.id = sync_doc.entity_id;
  WHEN 'session' THEN
    SELECT jsonb_build_object('tableId', s.table_id, 'status', s.status, 'openedBy', s.opened_by, 'guestCount', s.guest_count,
        'expiresAt', public.epoch_ms(s.expires_at), 'closedAt', public.epoch_ms(s.closed_at),
        'createdAt', public.epoch_ms(s.created_at), 'version', s.version,
        'updatedAt', public.epoch_ms(s.updated_at)), false
    INTO doc, removed
    FROM public.sessions s
    WHERE s.restaurant_id = restaurant AND s.id = sync_doc.entity_id;
  WHEN 'payment' THEN
    SELECT jsonb_build_object('sessionId', p.session_id, 'purpose', p.purpose, 'amount', p.amount,
        'roundingAmount', p.rounding_amount, 'voidedAt', public.epoch_ms(p.voided_at), 'shareId', p.share_id, 'tipAmount', p.tip_amount,
        'refundedAmount', p.refunded_amount, 'refundedTipAmount', p.refunded_tip_amount, 'currency', p.currency,
        'method', p.method, 'flag', p.flag, 'businessDate', p.business_date,
        'createdAt', public.epoch_ms(p.created_at), 'version', p.version, 'updatedAt', public.epoch_ms(p.updated_at),
        'allocations', (
          SELECT coalesce(jsonb_agg(jsonb_build_object('orderId', a.order_id, 'amount', a.amount,
              'refundedAmount', a.refunded_amount) ORDER BY a.order_id), '[]'::jsonb)
          FROM public.payment_allocations a
          WHERE a.restaurant_id = restaurant AND a.payment_id = p.id AND a.amount > 0)),
      false
    INTO doc, removed
    FROM public.payments p
    WHERE p.restaurant_id = restaurant AND p.id = sync_doc.entity_id;
  WHEN 'business_day' THEN
    SELECT jsonb_build_object('businessDate', b.business_date, 'number', b.number, 'closedAt', public.epoch_ms(b.closed_at),
        'wasForced', b.was_forced, 'orders', b.report #> '{totals,orders}', 'totalAmount', b.report #> '{totals,total_amount}',
        'currency', b.report -> 'currency', 'version', b.version, 'updatedAt', public.epoch_ms(b.closed_at)), false
    INTO doc, removed
    FROM public.business_days b
    WHERE b.restaurant_id = restaurant AND b.id = sync_doc.entity_id;
  WHEN 'drawer' THEN
    SELECT jsonb_build_object('name', d.name, 'staffId', d.staff_id, 'floatAmount', d.float_amount, 'currency', d.currency,
        'businessDate', d.business_date, 'openedAt', public.epoch_ms(d.opened_at), 'closedAt', public.epoch_ms(d.closed_at),
        'closedDate', d.closed_date, 'expected', d.expected, 'counted', d.counted, 'version', d.version,
        'updatedAt', public.epoch_ms(d.updated_at)), false
    INTO doc, removed
    FROM public.drawers d
    WHERE d.restaurant_id = restaurant AND d.id = sync_doc.entity_id;
  WHEN 'receipt' THEN -- not the document itself, which may name a buyer and guests
    SELECT jsonb_build_object('kind', r.kind, 'reference', r.reference, 'businessDate', r.business_date,
        'totalAmount', r.total_amount, 'currency', r.document -> 'currency', 'sessionId', r.session_id, 'shareId', r.share_id,
        'correctsId', r.corrects_id, 'paymentId', r.payment_id, 'issuedAt', public.epoch_ms(r.issued_at),
        'printedAt', public.epoch_ms(r.printed_at), 'version', r.version, 'updatedAt', public.epoch_ms(r.updated_at),
        'orderIds', (
          SELECT coalesce(jsonb_agg(c.order_id ORDER BY c.order_id), '[]'::jsonb)
          FROM public.receipt_orders c
          WHERE c.restaurant_id = restaurant AND c.receipt_id = r.id)),
      false
    INTO doc, removed
    FROM public.receipts r
    WHERE r.restaurant_id = restaurant AND r.id = sync_doc.entity_id;
  END CASE;
  IF doc IS NULL THEN
    RETURN NULL;
  ELSIF removed THEN
    RETURN jsonb_build_object('op', 'delete', 'entity', entity_type, 'pgId', entity_id, 'restaurantId', restaurant,
      'version', doc -> 'version');
  END IF;
  RETURN jsonb_build_object('op', 'upsert', 'entity', entity_type,
    'doc', jsonb_strip_nulls(doc) || jsonb_build_object('pgId', entity_id, 'restaurantId', restaurant));
END
$$;
