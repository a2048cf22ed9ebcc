-- Sales by the local hour in which they were ordered, all 24 from the one in
-- which the business day begins; the last row is their sum. When clocks go back,
-- both passes of an hour are in the same row.
SELECT lpad(h.hour::text, 2, '0') AS hour, coalesce(sum(o.orders), 0) AS orders,
  coalesce(sum(o.subtotal), 0) AS subtotal, coalesce(sum(o.tax_amount), 0) AS tax_amount,
  coalesce(sum(o.tip_amount), 0) AS tip_amount, coalesce(sum(o.discount_amount), 0) AS discount_amount,
  coalesce(sum(o.deposit_used), 0) AS deposit_used, coalesce(sum(o.total_amount), 0) AS total_amount
FROM (
  SELECT g.place, (extract(hour FROM r.business_day_start)::integer + g.place) % 24 AS hour
  FROM restaurants r
  CROSS JOIN generate_series(0, 23) AS g (place)
  WHERE r.id = $1) h
LEFT JOIN (
  SELECT extract(hour FROM s.created_at AT TIME ZONE z.timezone)::integer AS hour, count(*) AS orders,
    sum(s.subtotal) AS subtotal, sum(s.tax_amount) AS tax_amount, sum(s.tip_amount) AS tip_amount,
    sum(s.discount_amount) AS discount_amount, sum(s.deposit_used) AS deposit_used,
    sum(s.total_amount) AS total_amount
  FROM orders s
  JOIN restaurants z ON z.id = s.restaurant_id
  WHERE s.restaurant_id = $1 AND s.business_date BETWEEN $2 AND $3
    AND s.status <> 'cancelled' AND s.deleted_at IS NULL
  GROUP BY 1) o ON o.hour = h.hour
GROUP BY GROUPING SETS ((h.place, h.hour), ())
ORDER BY grouping(h.place), h.place
