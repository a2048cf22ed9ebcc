-- What an order takes over from its restaurant, and whether it is not the first of its
-- business day: that of the time when it was taken offline ($2), if that was in the last
-- twelve hours; a clock that says anything else is wrong. A closed day takes no order: the next does. OFFSET 0 keeps the date a column:
-- inlined, under row-level security, it would not be looked up in the counters' index; the time is
-- one, too, since document_date names it often.
SELECT d.currency, d.tax_rate_ppm, d.prices_include_tax, d.is_open, d.business_date, d.takeaway_tax_rate_ppm,
       d.takeaway_at_tables, d.discount_reduces_tax, d.service_charge_ppm, d.service_charge_tax_rate_ppm, d.tax_parts,
       d.session_expiry_minutes,
       EXISTS (SELECT FROM order_counters c WHERE c.restaurant_id = $1 AND c.business_date = d.business_date) AS has_counter
FROM (
  SELECT r.currency, r.tax_rate_ppm, r.prices_include_tax, r.is_open, r.takeaway_tax_rate_ppm, r.takeaway_at_tables,
         r.discount_reduces_tax, r.service_charge_ppm, r.service_charge_tax_rate_ppm, r.tax_parts, r.session_expiry_minutes,
         document_date(t.at, r.timezone, r.business_day_start, r.closed_through) AS business_date
  FROM restaurants r
  CROSS JOIN (
    SELECT CASE WHEN $2::timestamptz BETWEEN now() - interval '12 hours' AND now() THEN $2::timestamptz ELSE now() END AS at
    OFFSET 0) AS t
  WHERE r.id = $1
  OFFSET 0) AS d
