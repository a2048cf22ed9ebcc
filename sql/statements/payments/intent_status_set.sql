UPDATE payment_intents i SET status = $3 WHERE i.restaurant_id = $1 AND i.id = $2
