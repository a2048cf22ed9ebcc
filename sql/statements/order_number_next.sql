INSERT INTO order_counters AS c (restaurant_id, business_date, last_number)
VALUES ($1, $2, 1)
ON CONFLICT (restaurant_id, business_date) DO UPDATE SET last_number = c.last_number + 1
