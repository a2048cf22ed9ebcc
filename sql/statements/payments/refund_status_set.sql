UPDATE refunds f SET status = $3 WHERE f.restaurant_id = $1 AND f.id = $2
