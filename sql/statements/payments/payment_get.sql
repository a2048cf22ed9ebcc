SELECT payment_json(p.restaurant_id, p.id) AS answer, p.version
FROM payments p
WHERE p.restaurant_id = $1 AND p.id = $2
