UPDATE payments p SET refunded_amount = p.refunded_amount + $3, refunded_tip_amount = p.refunded_tip_amount + $4
WHERE p.restaurant_id = $1 AND p.id = $2
