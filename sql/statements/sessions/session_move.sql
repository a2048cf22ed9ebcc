UPDATE sessions s SET table_id = $3 WHERE s.restaurant_id = $1 AND s.id = $2
