SELECT s.failed_logins FROM staff s WHERE s.restaurant_id = $1 AND s.id = $2 FOR NO KEY UPDATE
