UPDATE sessions s SET pin_hash = $3
WHERE s.restaurant_id = $1 AND s.id = $2
