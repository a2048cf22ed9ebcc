-- What is due for each diner's own orders; last, without a diner, for orders that
-- staff placed.
SELECT d.id, d.display_name,
  (SELECT coalesce(sum(greatest(o.total_amount - m.paid, 0)), 0)
   FROM orders o
   CROSS JOIN LATERAL (
     SELECT coalesce(sum(a.amount), 0) AS paid
     FROM payment_allocations a
     WHERE a.restaurant_id = $1 AND a.order_id = o.id) m
   WHERE o.restaurant_id = $1 AND o.session_id = $2 AND o.status <> 'cancelled' AND o.deleted_at IS NULL
     AND o.diner_id IS NOT DISTINCT FROM d.id) AS due
FROM (
  SELECT u.id, u.display_name, u.created_at
  FROM users u
  WHERE u.restaurant_id = $1 AND u.session_id = $2
  UNION ALL
  SELECT NULL, NULL, NULL) d
ORDER BY d.created_at NULLS LAST, d.id
