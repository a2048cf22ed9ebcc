UPDATE payments p SET session_id = $3 WHERE p.restaurant_id = $1 AND p.session_id = $2
