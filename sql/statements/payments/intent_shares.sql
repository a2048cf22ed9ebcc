-- What of each order an intent is to pay, oldest order first.
SELECT a.order_id, a.amount
FROM payment_intent_allocations a
JOIN orders o ON o.restaurant_id = a.restaurant_id AND o.id = a.order_id
WHERE a.restaurant_id = $1 AND a.intent_id = $2
ORDER BY o.business_date, o.order_number
