SELECT intent_json(i.restaurant_id, i.id) AS answer, i.version
FROM payment_intents i
WHERE i.restaurant_id = $1 AND i.id = $2
