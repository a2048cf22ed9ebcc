-- Whether so few orders have changed since $2 that all of them can be read.
SELECT count(*) <= 5000 AS are_few
FROM (SELECT FROM orders o WHERE o.restaurant_id = $1 AND o.updated_at >= $2::timestamptz LIMIT 5001) f
