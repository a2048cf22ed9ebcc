-- The report by day as it was before business days were closed: read from the documents of the whole period.
-- Kept to be measured beside the present one, by bench/reports.mjs.
SELECT $2::date + d.n AS business_date,
  coalesce(sum(o.orders), 0) - coalesce(sum(j.ended), 0) AS orders,
  coalesce(sum(o.subtotal), 0) + coalesce(sum(j.subtotal), 0) AS subtotal,
  coalesce(sum(o.tax_amount), 0) + coalesce(sum(j.tax_amount), 0) AS tax_amount,
  coalesce(sum(o.tip_amount), 0) + coalesce(sum(j.tip_amount), 0) AS tip_amount,
  coalesce(sum(o.discount_amount), 0) + coalesce(sum(j.discount_amount), 0) AS discount_amount,
  coalesce(sum(o.service_charge_amount), 0) + coalesce(sum(j.service_charge_amount), 0) AS service_charge_amount,
  coalesce(sum(o.deposit_used), 0) + coalesce(sum(j.deposit_used), 0) AS deposit_used,
  coalesce(sum(o.total_amount), 0) + coalesce(sum(j.total_amount), 0) AS total_amount,
  coalesce(sum(p.payments), 0) AS payments, coalesce(sum(p.paid), 0) AS paid, coalesce(sum(p.tips), 0) AS tips,
  coalesce(sum(p.deposits), 0) AS deposits,
  coalesce(sum(p.roundings), 0) + coalesce(sum(f.roundings), 0) AS rounding_amount,
  coalesce(sum(f.refunded), 0) AS refunded, coalesce(sum(f.refunded_tips), 0) AS refunded_tips
FROM generate_series(0, $3::date - $2::date) AS d (n)
LEFT JOIN (
  SELECT s.business_date, count(*) AS orders, sum(s.subtotal) AS subtotal, sum(s.tax_amount) AS tax_amount,
    sum(s.tip_amount) AS tip_amount, sum(s.discount_amount) AS discount_amount,
    sum(s.service_charge_amount) AS service_charge_amount, sum(s.deposit_used) AS deposit_used,
    sum(s.total_amount) AS total_amount
  FROM orders s
  WHERE s.restaurant_id = $1 AND s.business_date BETWEEN $2 AND $3
    AND (s.standing IS NOT NULL OR s.status <> 'cancelled' AND s.deleted_at IS NULL)
  GROUP BY s.business_date) o ON o.business_date = $2::date + d.n
LEFT JOIN (
  SELECT a.business_date, count(*) FILTER (WHERE a.ends_order) AS ended, sum(a.subtotal) AS subtotal,
    sum(a.tax_amount) AS tax_amount, sum(a.tip_amount) AS tip_amount, sum(a.discount_amount) AS discount_amount,
    sum(a.service_charge_amount) AS service_charge_amount, sum(a.deposit_used) AS deposit_used,
    sum(a.total_amount) AS total_amount
  FROM order_adjustments a
  WHERE a.restaurant_id = $1 AND a.business_date BETWEEN $2 AND $3
  GROUP BY a.business_date) j ON j.business_date = $2::date + d.n
LEFT JOIN (
  SELECT t.business_date, count(*) AS payments, sum(t.amount) AS paid, sum(t.tip_amount) AS tips,
    sum(t.rounding_amount) AS roundings, sum(t.amount) FILTER (WHERE t.purpose = 'deposit') AS deposits
  FROM payments t
  JOIN restaurants r ON r.id = t.restaurant_id AND r.currency = t.currency
  WHERE t.restaurant_id = $1 AND t.business_date BETWEEN $2 AND $3 AND t.voided_at IS NULL
  GROUP BY t.business_date) p ON p.business_date = $2::date + d.n
LEFT JOIN (
  SELECT x.business_date, sum(x.amount) AS refunded, sum(x.tip_amount) AS refunded_tips,
    -sum(x.rounding_amount) AS roundings
  FROM refunds x
  JOIN payments y ON y.restaurant_id = x.restaurant_id AND y.id = x.payment_id
  JOIN restaurants q ON q.id = y.restaurant_id AND q.currency = y.currency
  WHERE x.restaurant_id = $1 AND x.business_date BETWEEN $2 AND $3 AND x.status = 'done'
  GROUP BY x.business_date) f ON f.business_date = $2::date + d.n
GROUP BY GROUPING SETS ((d.n), ())
ORDER BY grouping(d.n), d.n
