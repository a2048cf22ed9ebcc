-- What of payments is with orders ($2) and may move, oldest payment first.
SELECT a.payment_id, a.order_id, a.amount - a.refunded_amount AS amount_left
FROM payment_allocations a
WHERE a.restaurant_id = $1 AND a.order_id = ANY ($2::uuid[]) AND a.amount > a.refunded_amount
ORDER BY a.payment_id, a.order_id
