-- Up to $1 order counters of days over a year ago.
DELETE FROM order_counters c
USING (
  SELECT x.restaurant_id, x.business_date
  FROM order_counters x
  WHERE x.business_date < current_date - 400
  LIMIT $1::integer
  FOR UPDATE SKIP LOCKED) x
WHERE c.restaurant_id = x.restaurant_id AND c.business_date = x.business_date
