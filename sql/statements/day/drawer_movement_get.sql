SELECT movement_json(m.restaurant_id, m.id) AS answer
FROM drawer_movements m
WHERE m.restaurant_id = $1 AND m.id = $2
