-- The counter of a business day, with its first order.
INSERT INTO order_counters (restaurant_id, business_date, last_number)
VALUES ($1, $2, 0)
ON CONFLICT (restaurant_id, business_date) DO NOTHING
