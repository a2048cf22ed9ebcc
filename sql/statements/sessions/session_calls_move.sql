UPDATE service_calls c SET session_id = $3, table_id = $4
WHERE c.restaurant_id = $1 AND c.session_id = $2
