SELECT count(*) AS orders
FROM orders o
WHERE o.restaurant_id = $1 AND o.session_id = $2 AND o.status <> 'cancelled' AND o.deleted_at IS NULL
  AND o.total_amount > (
    SELECT coalesce(sum(a.amount), 0)
    FROM payment_allocations a
    WHERE a.restaurant_id = $1 AND a.order_id = o.id)
