SELECT p.version, p.amount - p.refunded_amount AS amount_left, p.tip_amount - p.refunded_tip_amount AS tip_left,
       p.session_id
FROM payments p
WHERE p.restaurant_id = $1 AND p.id = $2
FOR UPDATE
