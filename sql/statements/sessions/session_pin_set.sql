UPDATE sessions s SET pin_hash = $3, pin_failures = 0, pin_locked_until = NULL
WHERE s.restaurant_id = $1 AND s.id = $2
