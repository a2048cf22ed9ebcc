INSERT INTO refunds
  (restaurant_id, id, payment_id, amount, tip_amount, reason, staff_id, reopens_due, rounding_amount, status, order_id,
   credit_amount, drawer_id, business_date)
SELECT r.id, $2::uuid, $3::uuid, $4::bigint, $5::bigint, $6, $7::uuid, $8::boolean, $9::bigint, $10, $11::uuid, $12::bigint,
       $13::uuid, document_date(now(), r.timezone, r.business_day_start, r.closed_through)
FROM restaurants r
WHERE r.id = $1
