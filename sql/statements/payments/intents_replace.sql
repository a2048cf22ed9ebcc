-- A diner's new intent ends what it began before on the same orders.
UPDATE payment_intents i SET status = 'expired'
WHERE i.restaurant_id = $1 AND i.diner_id = $2 AND i.status = 'pending'
  AND EXISTS (
    SELECT 1
    FROM payment_intent_allocations a
    WHERE a.restaurant_id = $1 AND a.intent_id = i.id AND a.order_id = ANY ($3::uuid[]))
