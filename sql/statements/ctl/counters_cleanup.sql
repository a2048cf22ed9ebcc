-- Up to $1 order counters of days over a year ago.
WITH due AS MATERIALIZED (
  SELECT x.restaurant_id, x.business_date
  FROM order_counters x
  WHERE x.business_date < current_date - 400
  LIMIT $1::integer
  FOR UPDATE SKIP LOCKED)
DELETE FROM order_counters c
USING due
WHERE c.restaurant_id = due.restaurant_id AND c.business_date = due.business_date
