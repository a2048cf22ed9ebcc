SELECT call_json(c.restaurant_id, c.id) AS answer, c.version
FROM service_calls c
WHERE c.restaurant_id = $1 AND c.id = $2
