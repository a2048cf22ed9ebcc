-- What is due of each guest's own orders, and what each paid of those that staff placed for
-- nobody in particular. Those who were sent away come after the others: they count for what
-- they ordered, and share nothing. Last, without a guest, those orders.
SELECT d.id, d.display_name, d.is_here, m.due, (
    SELECT coalesce(sum(a.amount - a.refunded_amount), 0)
    FROM payments p
    JOIN payment_allocations a ON a.restaurant_id = p.restaurant_id AND a.payment_id = p.id
    JOIN orders q ON q.restaurant_id = a.restaurant_id AND q.id = a.order_id
    WHERE p.restaurant_id = $1 AND p.session_id = $2 AND q.diner_id IS NULL
      AND (p.for_diner_id = d.id OR EXISTS (
        SELECT FROM shares h WHERE h.restaurant_id = $1 AND h.id = p.share_id AND h.diner_id = d.id))) AS shared_paid
FROM (
  SELECT u.id, u.display_name, u.created_at, u.removed_at IS NULL AS is_here
  FROM users u
  WHERE u.restaurant_id = $1 AND u.session_id = $2
    AND (u.removed_at IS NULL OR EXISTS (
      SELECT FROM orders n
      WHERE n.restaurant_id = $1 AND n.session_id = $2 AND n.diner_id = u.id))
  UNION ALL
  SELECT NULL, NULL, NULL, NULL) d
CROSS JOIN LATERAL (
  SELECT coalesce(sum(greatest(f.total - f.kept, 0)), 0) AS due
  FROM (
    SELECT coalesce(o.standing_total, o.total_amount) AS total, (
        SELECT coalesce(sum(a.amount - a.refunded_amount), 0)
        FROM payment_allocations a
        WHERE a.restaurant_id = $1 AND a.order_id = o.id) AS kept
    FROM orders o
    WHERE o.restaurant_id = $1 AND o.session_id = $2 AND o.status <> 'cancelled' AND o.deleted_at IS NULL
      AND o.diner_id IS NOT DISTINCT FROM d.id) f) m
ORDER BY d.id IS NULL, NOT d.is_here, d.created_at, d.id
