-- What an order takes over from its restaurant; the business day is the local
-- date, beginning at business_day_start.
SELECT r.currency, r.tax_rate_ppm, r.prices_include_tax, r.is_open,
       ((now() AT TIME ZONE r.timezone) - r.business_day_start::interval)::date
FROM restaurants r
WHERE r.id = $1
