-- How many of a session's orders have something due, and whether the guests are owed
-- something.
SELECT count(*) FILTER (WHERE f.total > f.kept) AS orders, coalesce(bool_or(f.kept > f.total), false) AS has_credit
FROM (
  SELECT CASE WHEN o.status = 'cancelled' OR o.deleted_at IS NOT NULL THEN 0
              ELSE coalesce(o.standing_total, o.total_amount) END AS total, (
      SELECT coalesce(sum(a.amount - a.refunded_amount), 0)
      FROM payment_allocations a
      WHERE a.restaurant_id = $1 AND a.order_id = o.id) AS kept
  FROM orders o
  WHERE o.restaurant_id = $1 AND o.session_id = $2) f
