-- The orders that an intent is to pay, oldest first, and how much of each.
-- Deleted and cancelled ones, too: money that came is not lost.
SELECT o.id, o.total_amount, o.payment_status, o.status = 'cancelled' OR o.deleted_at IS NOT NULL AS is_cancelled,
       o.session_id, o.currency, a.amount AS share
FROM payment_intent_allocations a
JOIN orders o ON o.restaurant_id = a.restaurant_id AND o.id = a.order_id
WHERE a.restaurant_id = $1 AND a.intent_id = $2
ORDER BY o.business_date, o.order_number
FOR NO KEY UPDATE OF o
