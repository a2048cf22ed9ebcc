-- What orders have not used of a deposit ($2), in the restaurant's currency.
SELECT p.amount - p.refunded_amount - u.used AS amount_left
FROM payments p
JOIN restaurants r ON r.id = p.restaurant_id AND r.currency = p.currency
CROSS JOIN LATERAL (
  SELECT coalesce(sum(coalesce((o.standing -> 'adjusted' ->> 'deposit_used')::bigint, o.deposit_used)), 0) AS used
  FROM orders o
  WHERE o.restaurant_id = $1 AND o.deposit_id = $2 AND o.status <> 'cancelled' AND o.deleted_at IS NULL) u
WHERE p.restaurant_id = $1 AND r.id = $1 AND p.id = $2 AND p.purpose = 'deposit' AND p.voided_at IS NULL
FOR UPDATE OF p
