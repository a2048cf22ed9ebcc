SELECT i.status, i.amount, i.tip_amount, i.currency, i.order_id, i.diner_id, i.staff_id, i.for_diner_id, i.share_id
FROM payment_intents i
WHERE i.restaurant_id = $1 AND i.id = $2
FOR UPDATE
