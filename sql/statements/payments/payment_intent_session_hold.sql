-- The session of the orders that an intent is to pay, before they are locked:
-- whoever merges sessions locks in this order, too.
SELECT s.id
FROM payment_intent_allocations a
JOIN orders o ON o.restaurant_id = a.restaurant_id AND o.id = a.order_id
JOIN sessions s ON s.restaurant_id = o.restaurant_id AND s.id = o.session_id
WHERE a.restaurant_id = $1 AND a.intent_id = $2
FOR KEY SHARE OF s
