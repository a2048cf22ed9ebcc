-- The report by hour as it was before business days were closed: read from the documents of the whole period.
-- Kept to be measured beside the present one, by bench/reports.mjs.
SELECT lpad(h.hour::text, 2, '0') AS hour, coalesce(sum(o.orders), 0) AS orders,
  coalesce(sum(o.subtotal), 0) AS subtotal, coalesce(sum(o.tax_amount), 0) AS tax_amount,
  coalesce(sum(o.tip_amount), 0) AS tip_amount, coalesce(sum(o.discount_amount), 0) AS discount_amount,
  coalesce(sum(o.service_charge_amount), 0) AS service_charge_amount,
  coalesce(sum(o.deposit_used), 0) AS deposit_used, coalesce(sum(o.total_amount), 0) AS total_amount
FROM (
  SELECT g.place, (extract(hour FROM r.business_day_start)::integer + g.place) % 24 AS hour
  FROM restaurants r
  CROSS JOIN generate_series(0, 23) AS g (place)
  WHERE r.id = $1) h
LEFT JOIN (
  SELECT extract(hour FROM b.created_at AT TIME ZONE z.timezone)::integer AS hour, sum(b.orders) AS orders,
    sum(b.subtotal) AS subtotal, sum(b.tax_amount) AS tax_amount, sum(b.tip_amount) AS tip_amount,
    sum(b.discount_amount) AS discount_amount, sum(b.service_charge_amount) AS service_charge_amount,
    sum(b.deposit_used) AS deposit_used, sum(b.total_amount) AS total_amount
  FROM restaurants z
  CROSS JOIN (
    SELECT s.created_at, 1 AS orders, s.subtotal, s.tax_amount, s.tip_amount, s.discount_amount,
      s.service_charge_amount, s.deposit_used, s.total_amount
    FROM orders s
    WHERE s.restaurant_id = $1 AND s.business_date BETWEEN $2 AND $3
      AND (s.standing IS NOT NULL OR s.status <> 'cancelled' AND s.deleted_at IS NULL)
    UNION ALL
    SELECT a.created_at, CASE WHEN a.ends_order THEN -1 ELSE 0 END, a.subtotal, a.tax_amount, a.tip_amount,
      a.discount_amount, a.service_charge_amount, a.deposit_used, a.total_amount
    FROM order_adjustments a
    WHERE a.restaurant_id = $1 AND a.business_date BETWEEN $2 AND $3) b
  WHERE z.id = $1
  GROUP BY 1) o ON o.hour = h.hour
GROUP BY GROUPING SETS ((h.place, h.hour), ())
ORDER BY grouping(h.place), h.place
