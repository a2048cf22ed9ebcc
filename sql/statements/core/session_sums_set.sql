UPDATE sessions s SET sums = $3 WHERE s.restaurant_id = $1 AND s.id = $2
