SELECT i.provider, i.order_id, i.session_id FROM payment_intents i WHERE i.restaurant_id = $1 AND i.id = $2
