SELECT i.status, i.amount, i.tip_amount, i.currency, i.order_id, i.session_id, i.diner_id, i.staff_id, i.provider
FROM payment_intents i
WHERE i.restaurant_id = $1 AND i.id = $2
FOR UPDATE
