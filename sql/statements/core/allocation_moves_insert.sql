INSERT INTO allocation_moves (restaurant_id, id, payment_id, from_order_id, to_order_id, amount, business_date)
SELECT r.id, n.id, n.payment_id, n.from_id, n.to_id, n.amount, document_date(now(), r.timezone, r.business_day_start, r.closed_through)
FROM restaurants r
CROSS JOIN unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::bigint[]) AS n (id, payment_id, from_id, to_id, amount)
WHERE r.id = $1
