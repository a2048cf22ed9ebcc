INSERT INTO drawer_movements (restaurant_id, id, drawer_id, amount, reason, staff_id, business_date)
SELECT r.id, $2::uuid, $3::uuid, $4::bigint, $5, $6::uuid, document_date(now(), r.timezone, r.business_day_start, r.closed_through)
FROM restaurants r
WHERE r.id = $1
