INSERT INTO drawers (restaurant_id, id, staff_id, name, float_amount, currency, business_date)
SELECT r.id, $2::uuid, $3::uuid, $4, $5::bigint, r.currency, document_date(now(), r.timezone, r.business_day_start, r.closed_through)
FROM restaurants r
WHERE r.id = $1
