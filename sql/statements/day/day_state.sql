-- Of a business day that is to be closed: whether it is, whether it has begun, the first one that is open.
SELECT EXISTS (SELECT FROM business_days b WHERE b.restaurant_id = $1 AND b.business_date = $2::date) AS is_closed,
  r.closed_through >= $2::date AS is_past,
  business_date(now(), r.timezone, r.business_day_start) >= $2::date AS has_begun,
  day_first_open(r.id) AS first_open
FROM restaurants r
WHERE r.id = $1
