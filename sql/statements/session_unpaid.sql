SELECT count(*)
FROM orders o
WHERE o.restaurant_id = $1 AND o.session_id = $2 AND o.status <> 'cancelled'
  AND o.payment_status IN ('unpaid', 'partially_paid') AND o.total_amount > 0 AND o.deleted_at IS NULL
