-- Waits for the orders of the day that are being placed, and holds the next; of the day
-- before, too, where what was taken offline up to twelve hours ago is still booked.
INSERT INTO order_counters AS c (restaurant_id, business_date, last_number)
SELECT r.id, document_date(m.moment, r.timezone, r.business_day_start, r.closed_through) AS day, 0
FROM restaurants r
CROSS JOIN (VALUES (now()), (now() - interval '12 hours')) AS m (moment)
WHERE r.id = $1
GROUP BY r.id, day
ORDER BY day
ON CONFLICT (restaurant_id, business_date) DO UPDATE SET last_number = c.last_number
