-- Which orders the payment ($2) pays, and how much of each. They were locked before.
INSERT INTO payment_allocations (restaurant_id, payment_id, order_id, amount)
SELECT p.restaurant_id, p.id, n.id, n.amount
FROM payments p
CROSS JOIN unnest($3::uuid[], $4::bigint[]) AS n (id, amount)
WHERE p.restaurant_id = $1 AND p.id = $2
