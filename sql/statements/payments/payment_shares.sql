-- What is left of a payment with each order.
SELECT a.order_id, a.amount - a.refunded_amount AS amount_left
FROM payment_allocations a
WHERE a.restaurant_id = $1 AND a.payment_id = $2
