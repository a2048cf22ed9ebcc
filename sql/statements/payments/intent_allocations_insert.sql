-- Which orders the intent ($2) is to pay, and how much of each. They were locked before.
INSERT INTO payment_intent_allocations (restaurant_id, intent_id, order_id, amount)
SELECT i.restaurant_id, i.id, n.id, n.amount
FROM payment_intents i
CROSS JOIN unnest($3::uuid[], $4::bigint[]) AS n (id, amount)
WHERE i.restaurant_id = $1 AND i.id = $2
