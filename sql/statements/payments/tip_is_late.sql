-- Whether what a tip is for has ended on a business day that is closed: a session ($2) that no longer
-- runs, or an order without one ($3). Its day is that of its last document.
SELECT coalesce(r.closed_through >= greatest(
    session_day(r.id, $2::uuid),
    (SELECT n.business_date FROM orders n WHERE n.restaurant_id = $1 AND n.id = $3::uuid),
    (SELECT max(q.business_date) FROM payments q WHERE q.restaurant_id = $1 AND q.order_id = $3::uuid)), false)
  AND NOT EXISTS (SELECT FROM sessions s WHERE s.restaurant_id = $1 AND s.id = $2::uuid AND s.status = 'active') AS is_late
FROM restaurants r
WHERE r.id = $1
