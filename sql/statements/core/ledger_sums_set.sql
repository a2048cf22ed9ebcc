UPDATE sessions s SET sums = $3, has_credit = $4::boolean WHERE s.restaurant_id = $1 AND s.id = $2
