-- What an order takes over from its restaurant.
SELECT r.currency, r.tax_rate_ppm, r.prices_include_tax, r.is_open,
       business_date(now(), r.timezone, r.business_day_start)
FROM restaurants r
WHERE r.id = $1
