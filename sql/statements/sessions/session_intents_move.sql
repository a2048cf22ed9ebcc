UPDATE payment_intents i SET session_id = $3 WHERE i.restaurant_id = $1 AND i.session_id = $2
