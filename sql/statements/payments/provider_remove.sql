DELETE FROM payment_providers v WHERE v.restaurant_id = $1 AND v.provider = $2
