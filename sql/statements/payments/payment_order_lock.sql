-- The order to be paid; a diner ($3: its session) pays only its own table's.
SELECT o.id, o.total_amount, o.payment_status, o.status = 'cancelled' AS is_cancelled, o.session_id, o.currency
FROM orders o
WHERE o.restaurant_id = $1 AND o.id = $2 AND o.deleted_at IS NULL
  AND ($3::uuid IS NULL OR o.session_id = $3)
FOR NO KEY UPDATE
