UPDATE sessions s SET guest_count = $3::smallint WHERE s.restaurant_id = $1 AND s.id = $2
