-- Whether few enough orders have changed since $2 to read all of them.
SELECT count(*) <= 5000 AS are_few
FROM (SELECT FROM orders o WHERE o.restaurant_id = $1 AND o.updated_at >= $2::timestamptz LIMIT 5001) f
