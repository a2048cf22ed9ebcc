-- The number is the one that order_number_next has just taken and still holds. A
-- change of the currency holds it, too, so the order has the current one. A client's time
-- ($23) outside the years that RFC 3339 can write is not kept.
INSERT INTO orders
  (restaurant_id, id, business_date, order_number, table_id, session_id, diner_id, staff_id,
   order_type, currency, prices_include_tax, subtotal, tax_amount, taxes, tip_amount,
   discount_amount, deposit_used, total_amount, payment_method, customer_name, customer_phone,
   notes, special_instructions, occurred_at, discount_reduces_tax, service_charge_ppm, service_charge_tax_rate_ppm,
   service_charge_amount, tax_parts, payment_status, deposit_id)
SELECT c.restaurant_id, $2::uuid, c.business_date, c.last_number, $4::uuid, $5::uuid, $6::uuid, $7::uuid,
       $8, $9, $10::boolean, $11::bigint, $12::bigint, $13::jsonb, $14::bigint,
       $15::bigint, $16::bigint, $17::bigint, $18, $19, $20, $21, $22,
       CASE WHEN $23::timestamptz >= '0001-01-01Z' AND $23::timestamptz < '10000-01-01Z' THEN $23::timestamptz END,
       $24::boolean, $25::integer, $26::integer, $27::bigint, $28::jsonb, $29, $30::uuid
FROM order_counters c
JOIN restaurants r ON r.id = c.restaurant_id AND r.currency = $9
WHERE c.restaurant_id = $1 AND r.id = $1 AND c.business_date = $3
