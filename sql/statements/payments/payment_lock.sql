-- What is left of a payment, locked. Its rounding goes with the last of it. Of a deposit,
-- what orders have not used.
SELECT p.version, p.amount - p.refunded_amount - u.used AS amount_left, p.tip_amount - p.refunded_tip_amount AS tip_left,
       p.rounding_amount - f.rounding AS rounding_left, f.pending, f.pending_tip, p.method, p.purpose, p.share_id,
       p.intent_id, f.n > 0 OR u.used > 0 AS is_refunded, p.voided_at IS NOT NULL AS is_void
FROM payments p
CROSS JOIN LATERAL (
  SELECT count(*) AS n, coalesce(sum(x.rounding_amount), 0) AS rounding,
    coalesce(sum(x.amount) FILTER (WHERE x.status = 'pending'), 0) AS pending,
    coalesce(sum(x.tip_amount) FILTER (WHERE x.status = 'pending'), 0) AS pending_tip
  FROM refunds x
  WHERE x.restaurant_id = $1 AND x.payment_id = $2 AND x.status <> 'failed') f
CROSS JOIN LATERAL (
  SELECT coalesce(sum(coalesce((o.standing -> 'adjusted' ->> 'deposit_used')::bigint, o.deposit_used)), 0) AS used
  FROM orders o
  WHERE o.restaurant_id = $1 AND o.deposit_id = $2 AND o.status <> 'cancelled' AND o.deleted_at IS NULL) u
WHERE p.restaurant_id = $1 AND p.id = $2
FOR UPDATE OF p
