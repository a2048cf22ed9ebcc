-- The orders of a session that are to be paid, oldest first.
SELECT o.id, o.total_amount, o.payment_status, o.status = 'cancelled' AS is_cancelled, o.session_id, o.currency
FROM orders o
WHERE o.restaurant_id = $1 AND o.session_id = $2 AND o.deleted_at IS NULL AND o.status <> 'cancelled'
ORDER BY o.business_date, o.order_number
FOR NO KEY UPDATE
