-- The bill of a session: what its orders come to by now, except cancelled ones, their
-- sums, what was paid. Credit may be on cancelled ones, too. What an online payment
-- holds is still due.
SELECT json_build_object(
    'session_id', s.id, 'table_id', s.table_id, 'table_name', t.name,
    'status', CASE WHEN s.status = 'active' AND s.expires_at <= now() AND NOT session_owes(s.restaurant_id, s.id) THEN 'expired'
                   ELSE s.status END,
    'currency', r.currency, 'prices_include_tax', r.prices_include_tax,
    'orders', coalesce(json_agg(json_build_object(
        'id', b.id, 'order_number', b.order_number, 'diner_id', b.diner_id, 'status', b.status,
        'payment_status', b.payment_status, 'subtotal', b.subtotal, 'tax_amount', b.tax_amount,
        'service_charge_amount', b.service_charge_amount,
        'tip_amount', b.tip_amount, 'discount_amount', b.discount_amount,
        'deposit_used', b.deposit_used, 'total_amount', b.total_amount, 'paid', b.paid,
        'refunded', b.refunded, 'due', b.due, 'credit', b.credit, 'items', b.items, 'adjustments', b.adjustments,
        'created_at', rfc3339(b.created_at))
      ORDER BY b.business_date, b.order_number) FILTER (WHERE b.stands), '[]'::json),
    'subtotal', coalesce(sum(b.subtotal), 0), 'tax_amount', coalesce(sum(b.tax_amount), 0),
    'service_charge_amount', coalesce(sum(b.service_charge_amount), 0),
    'taxes', (
      SELECT coalesce(json_agg(json_strip_nulls(json_build_object(
          'rate_ppm', x.rate_ppm, 'taxable', x.taxable, 'amount', x.amount, 'parts', (
            SELECT json_agg(json_build_object('name', q.name, 'amount', q.amount) ORDER BY q.place)
            FROM (
              SELECT e.part ->> 'name' AS name, sum((e.part ->> 'amount')::bigint) AS amount, min(e.place) AS place
              FROM jsonb_array_elements(x.parts) AS a (list)
              CROSS JOIN jsonb_array_elements(CASE jsonb_typeof(a.list) WHEN 'array' THEN a.list ELSE '[]' END)
                WITH ORDINALITY AS e (part, place)
              GROUP BY 1) q))) ORDER BY x.rate_ppm), '[]'::json)
      FROM (
        SELECT y.rate_ppm, sum(y.taxable) AS taxable, sum(y.amount) AS amount, jsonb_agg(y.parts) AS parts
        FROM orders o
        CROSS JOIN jsonb_to_recordset(coalesce(o.standing -> 'adjusted' -> 'taxes', o.taxes))
          AS y (rate_ppm integer, taxable bigint, amount bigint, parts jsonb)
        WHERE o.restaurant_id = $1 AND o.session_id = $2 AND o.status <> 'cancelled' AND o.deleted_at IS NULL
        GROUP BY y.rate_ppm) x),
    'tip_amount', coalesce(sum(b.tip_amount), 0), 'discount_amount', coalesce(sum(b.discount_amount), 0),
    'deposit_used', coalesce(sum(b.deposit_used), 0), 'total_amount', coalesce(sum(b.total_amount), 0),
    'paid', coalesce(sum(b.paid), 0), 'refunded', coalesce(sum(b.refunded), 0),
    'due', coalesce(sum(b.due), 0), 'credit', coalesce(sum(b.credit), 0), 'held', coalesce(sum(b.held), 0),
    'tips_paid', (
      SELECT coalesce(sum(p.tip_amount - p.refunded_tip_amount), 0)
      FROM payments p
      WHERE p.restaurant_id = $1 AND p.session_id = $2 AND p.voided_at IS NULL),
    'rounding_amount', (
      SELECT coalesce(sum(p.rounding_amount - (
          SELECT coalesce(sum(f.rounding_amount), 0)
          FROM refunds f
          WHERE f.restaurant_id = $1 AND f.payment_id = p.id AND f.status = 'done')), 0)
      FROM payments p
      WHERE p.restaurant_id = $1 AND p.session_id = $2 AND p.voided_at IS NULL)) AS answer
FROM sessions s
JOIN restaurants r ON r.id = $1
JOIN tables t ON t.restaurant_id = s.restaurant_id AND t.id = s.table_id
LEFT JOIN (
  SELECT o.restaurant_id, o.session_id, o.id, o.business_date, o.order_number, o.diner_id, o.status, o.payment_status,
    o.created_at, f.stands, f.subtotal, f.tax_amount, f.service_charge_amount, f.tip_amount, f.discount_amount,
    f.deposit_used, f.total_amount, m.paid, m.refunded, greatest(f.total_amount - m.paid + m.refunded, 0) AS due,
    greatest(m.paid - m.refunded - f.total_amount, 0) AS credit,
    (SELECT coalesce(sum(h.amount), 0)
     FROM payment_intent_allocations h
     JOIN payment_intents i ON i.restaurant_id = h.restaurant_id AND i.id = h.intent_id
     WHERE h.restaurant_id = $1 AND h.order_id = o.id AND i.status = 'pending' AND i.expires_at > now()) AS held,
    (SELECT json_agg(json_build_object('id', l.id, 'name', l.name, 'quantity', l.quantity, 'subtotal', l.subtotal)
                     ORDER BY l.position)
     FROM order_items l
     WHERE l.restaurant_id = $1 AND l.order_id = o.id) AS items,
    (SELECT coalesce(json_agg(adjustment_json(j.restaurant_id, j.id) ORDER BY j.created_at, j.id), '[]'::json)
     FROM order_adjustments j
     WHERE j.restaurant_id = $1 AND j.order_id = o.id) AS adjustments
  FROM orders o
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(a.amount), 0) AS paid, coalesce(sum(a.refunded_amount), 0) AS refunded
    FROM payment_allocations a
    WHERE a.restaurant_id = $1 AND a.order_id = o.id) m
  CROSS JOIN LATERAL (
    SELECT true AS stands, o.subtotal, o.tax_amount, o.service_charge_amount, o.tip_amount, o.discount_amount,
      o.deposit_used, o.total_amount
    WHERE o.standing IS NULL AND o.status <> 'cancelled' AND o.deleted_at IS NULL
    UNION ALL
    SELECT true, z.subtotal, z.tax_amount, z.service_charge_amount, z.tip_amount, z.discount_amount, z.deposit_used,
      z.total_amount
    FROM jsonb_to_record(o.standing -> 'adjusted') AS z (subtotal bigint, tax_amount bigint,
      service_charge_amount bigint, tip_amount bigint, discount_amount bigint, deposit_used bigint, total_amount bigint)
    WHERE o.standing IS NOT NULL AND o.status <> 'cancelled' AND o.deleted_at IS NULL
    UNION ALL
    SELECT false, 0, 0, 0, 0, 0, 0, 0
    WHERE o.status = 'cancelled' OR o.deleted_at IS NOT NULL) f
  WHERE o.restaurant_id = $1 AND o.session_id = $2) b
  ON b.restaurant_id = s.restaurant_id AND b.session_id = s.id
WHERE s.restaurant_id = $1 AND s.id = $2
GROUP BY s.restaurant_id, s.id, t.name, r.currency, r.prices_include_tax
