UPDATE payment_allocations a SET refunded_amount = a.refunded_amount + n.amount
FROM unnest($3::uuid[], $4::bigint[]) AS n (id, amount)
WHERE a.restaurant_id = $1 AND a.payment_id = $2 AND a.order_id = n.id
