-- The orders that a payment paid, oldest first, and how much of it is left.
SELECT o.id, o.total_amount, o.payment_status, o.status = 'cancelled' AS is_cancelled, o.session_id, o.currency,
       a.amount - a.refunded_amount AS share
FROM payment_allocations a
JOIN orders o ON o.restaurant_id = a.restaurant_id AND o.id = a.order_id
WHERE a.restaurant_id = $1 AND a.payment_id = $2
ORDER BY o.business_date, o.order_number
FOR NO KEY UPDATE OF o
