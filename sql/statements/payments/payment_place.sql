-- Where a payment's orders are: in its session, or the one without a session.
SELECT p.session_id, coalesce(p.order_id, (
    SELECT a.order_id FROM payment_allocations a WHERE a.restaurant_id = $1 AND a.payment_id = p.id LIMIT 1)) AS order_id
FROM payments p
WHERE p.restaurant_id = $1 AND p.id = $2
