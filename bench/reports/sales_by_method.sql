-- The report by method as it was before business days were closed: read from the documents of the whole period.
-- Kept to be measured beside the present one, by bench/reports.mjs.
SELECT m.method, coalesce(sum(p.payments), 0) AS payments, coalesce(sum(p.paid), 0) AS paid,
  coalesce(sum(p.tips), 0) AS tips, coalesce(sum(f.refunded), 0) AS refunded,
  coalesce(sum(f.refunded_tips), 0) AS refunded_tips,
  coalesce(sum(p.roundings), 0) + coalesce(sum(f.roundings), 0) AS rounding_amount,
  coalesce(sum(p.paid + p.tips), 0) - coalesce(sum(f.refunded + f.refunded_tips), 0) AS net
FROM unnest('{cash,card,upi,online,other}'::text[]) WITH ORDINALITY AS m (method, place)
LEFT JOIN (
  SELECT t.method, count(*) AS payments, sum(t.amount) AS paid, sum(t.tip_amount) AS tips,
    sum(t.rounding_amount) AS roundings
  FROM payments t
  JOIN restaurants r ON r.id = t.restaurant_id AND r.currency = t.currency
  WHERE t.restaurant_id = $1 AND t.business_date BETWEEN $2 AND $3 AND t.voided_at IS NULL
  GROUP BY t.method) p ON p.method = m.method
LEFT JOIN (
  SELECT y.method, sum(x.amount) AS refunded, sum(x.tip_amount) AS refunded_tips,
    -sum(x.rounding_amount) AS roundings
  FROM refunds x
  JOIN payments y ON y.restaurant_id = x.restaurant_id AND y.id = x.payment_id
  JOIN restaurants q ON q.id = y.restaurant_id AND q.currency = y.currency
  WHERE x.restaurant_id = $1 AND x.business_date BETWEEN $2 AND $3 AND x.status = 'done'
  GROUP BY y.method) f ON f.method = m.method
GROUP BY GROUPING SETS ((m.method, m.place), ())
ORDER BY grouping(m.method), m.place
