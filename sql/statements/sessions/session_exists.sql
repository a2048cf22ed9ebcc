SELECT s.id FROM sessions s WHERE s.restaurant_id = $1 AND s.id = $2
