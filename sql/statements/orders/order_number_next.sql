-- A plain UPDATE: transactions that wait for it queue. With ON CONFLICT all of
-- them would wake at each commit.
UPDATE order_counters AS c SET last_number = c.last_number + 1
WHERE c.restaurant_id = $1 AND c.business_date = $2
