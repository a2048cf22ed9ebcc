-- The order that lines of another ($6) have become, under the number that
-- order_number_next has just taken.
INSERT INTO orders
  (restaurant_id, id, business_date, order_number, table_id, session_id, staff_id, order_type, status, currency,
   prices_include_tax, discount_reduces_tax, service_charge_ppm, service_charge_tax_rate_ppm, tax_parts, subtotal,
   service_charge_amount, tax_amount, taxes, total_amount, payment_status, special_instructions)
SELECT c.restaurant_id, $2::uuid, c.business_date, c.last_number, $4::uuid, $5::uuid, $7::uuid, o.order_type, $8,
       o.currency, o.prices_include_tax, o.discount_reduces_tax, $9::integer, o.service_charge_tax_rate_ppm,
       o.tax_parts, $10::bigint, $11::bigint, $12::bigint, $13::jsonb, $14::bigint,
       CASE WHEN $14::bigint = 0 THEN 'paid' ELSE 'unpaid' END, o.special_instructions
FROM order_counters c
JOIN orders o ON o.restaurant_id = c.restaurant_id AND o.id = $6::uuid
WHERE c.restaurant_id = $1 AND c.business_date = $3
