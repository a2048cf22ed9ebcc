SELECT r.slug, r.currency, r.timezone, to_char(r.business_day_start, 'HH24:MI') AS business_day_start
FROM restaurants r
WHERE r.id = $1
