SELECT p.version, p.amount - p.refunded_amount, p.tip_amount - p.refunded_tip_amount, p.session_id,
       p.amount - (SELECT coalesce(sum(a.amount), 0)
                   FROM payment_allocations a
                   WHERE a.restaurant_id = $1 AND a.payment_id = p.id)
FROM payments p
WHERE p.restaurant_id = $1 AND p.id = $2
FOR UPDATE
