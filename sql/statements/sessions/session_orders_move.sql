UPDATE orders o SET session_id = $3, table_id = $4
WHERE o.restaurant_id = $1 AND o.session_id = $2
