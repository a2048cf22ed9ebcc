INSERT INTO payment_intent_allocations (restaurant_id, intent_id, order_id, amount)
SELECT o.restaurant_id, $2::uuid, o.id, n.amount
FROM unnest($3::uuid[], $4::bigint[]) AS n (id, amount)
JOIN orders o ON o.restaurant_id = $1 AND o.id = n.id
