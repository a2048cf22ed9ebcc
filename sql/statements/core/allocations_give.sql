-- To the orders ($3) of payments ($2), as allocations_take.
INSERT INTO payment_allocations AS a (restaurant_id, payment_id, order_id, amount)
SELECT p.restaurant_id, p.id, n.order_id, n.amount
FROM payments p
JOIN (
  SELECT m.payment_id, m.order_id, sum(m.amount) AS amount
  FROM unnest($2::uuid[], $3::uuid[], $4::bigint[]) AS m (payment_id, order_id, amount)
  GROUP BY m.payment_id, m.order_id) n ON n.payment_id = p.id
WHERE p.restaurant_id = $1
ON CONFLICT (restaurant_id, payment_id, order_id) DO UPDATE SET amount = a.amount + excluded.amount
