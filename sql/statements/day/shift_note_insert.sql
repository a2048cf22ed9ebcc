INSERT INTO shift_notes (restaurant_id, id, business_date, staff_id, note)
SELECT r.id, $2::uuid, document_date(now(), r.timezone, r.business_day_start, r.closed_through), $3::uuid, $4
FROM restaurants r
WHERE r.id = $1
