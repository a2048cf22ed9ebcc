-- What is left of a payment, locked. Its rounding goes with the last of it. Of a deposit,
-- what orders have not used. promised: the credit that pending refunds of its session, else
-- of its order, are to give back, own_promised of it by those of this payment; all without
-- the refund $3. is_counted: the drawer with its cash was closed.
SELECT p.version, p.amount - p.refunded_amount - u.used AS amount_left, p.tip_amount - p.refunded_tip_amount AS tip_left,
       p.rounding_amount - f.rounding AS rounding_left, f.pending, f.pending_tip, f.own_promised, c.promised, p.method, p.purpose, p.share_id,
       p.intent_id, f.n > 0 OR u.used > 0 AS is_refunded, p.voided_at IS NOT NULL AS is_void,
       EXISTS (SELECT FROM restaurants r WHERE r.id = $1 AND r.closed_through >= p.business_date) AS is_of_closed_day,
       EXISTS (SELECT FROM drawers d WHERE d.restaurant_id = $1 AND d.id = p.drawer_id AND d.closed_at IS NOT NULL) AS is_counted
FROM payments p
CROSS JOIN LATERAL (
  SELECT count(*) AS n, coalesce(sum(x.rounding_amount), 0) AS rounding,
    coalesce(sum(x.amount) FILTER (WHERE x.status = 'pending'), 0) AS pending,
    coalesce(sum(x.tip_amount) FILTER (WHERE x.status = 'pending'), 0) AS pending_tip,
    coalesce(sum(x.credit_amount) FILTER (WHERE x.status = 'pending'), 0) AS own_promised
  FROM refunds x
  WHERE x.restaurant_id = $1 AND x.payment_id = $2 AND x.status <> 'failed' AND x.id IS DISTINCT FROM $3::uuid) f
CROSS JOIN LATERAL (
  SELECT coalesce(sum(z.credit_amount), 0) AS promised
  FROM (
    SELECT y.id FROM payments y WHERE y.restaurant_id = $1 AND y.session_id = p.session_id
    UNION ALL
    SELECT y.id FROM payments y WHERE y.restaurant_id = $1 AND y.order_id = p.order_id AND p.session_id IS NULL) y
  JOIN refunds z ON z.restaurant_id = $1 AND z.payment_id = y.id
  WHERE z.status = 'pending' AND z.id IS DISTINCT FROM $3::uuid) c
CROSS JOIN LATERAL (
  SELECT coalesce(sum(coalesce((o.standing -> 'adjusted' ->> 'deposit_used')::bigint, o.deposit_used)), 0) AS used
  FROM orders o
  WHERE o.restaurant_id = $1 AND o.deposit_id = $2 AND o.status <> 'cancelled' AND o.deleted_at IS NULL) u
WHERE p.restaurant_id = $1 AND p.id = $2
FOR UPDATE OF p
