-- Which orders the payment ($2) pays, and how much of each. They were locked before; one may
-- be named twice.
INSERT INTO payment_allocations (restaurant_id, payment_id, order_id, amount)
SELECT p.restaurant_id, p.id, n.id, sum(n.amount)
FROM payments p
CROSS JOIN unnest($3::uuid[], $4::bigint[]) AS n (id, amount)
WHERE p.restaurant_id = $1 AND p.id = $2
GROUP BY p.restaurant_id, p.id, n.id
