INSERT INTO payment_intent_allocations (restaurant_id, intent_id, order_id, amount)
SELECT o.restaurant_id, $2::uuid, o.id, n.amount
FROM orders o
CROSS JOIN unnest($3::uuid[], $4::bigint[]) AS n (id, amount)
WHERE o.restaurant_id = $1 AND o.id = n.id
