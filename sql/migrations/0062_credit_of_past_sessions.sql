-- batch without triggers
-- What was paid and came to less before the column was there.
UPDATE sessions s SET has_credit = true
FROM (
  SELECT DISTINCT q.restaurant_id, q.id
  FROM orders o
  JOIN sessions q ON q.restaurant_id = o.restaurant_id AND q.id = o.session_id
  CROSS JOIN LATERAL public.session_due(q.restaurant_id, q.id) d
  WHERE o.payment_status IN ('paid', 'partially_paid', 'partially_refunded')
    AND (o.status = 'cancelled' OR o.standing_total < o.total_amount) AND NOT q.has_credit AND d.credit > 0
  LIMIT 1000) AS b
WHERE s.restaurant_id = b.restaurant_id AND s.id = b.id
