-- Waits for the orders of the day that are being placed, and holds the next.
INSERT INTO order_counters AS c (restaurant_id, business_date, last_number)
SELECT r.id, business_date(now(), r.timezone, r.business_day_start), 0
FROM restaurants r
WHERE r.id = $1
ON CONFLICT (restaurant_id, business_date) DO UPDATE SET last_number = c.last_number
