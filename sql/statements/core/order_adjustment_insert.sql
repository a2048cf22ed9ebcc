INSERT INTO order_adjustments
  (restaurant_id, id, order_id, business_date, kind, item_id, quantity, amount, rate_ppm, reason, subtotal,
   discount_amount, service_charge_amount, tax_amount, tip_amount, deposit_used, total_amount, taxes, refund_id,
   transfer_order_id, actor_role, actor_id, ends_order, lines)
SELECT r.id, $2::uuid, $3::uuid, document_date(now(), r.timezone, r.business_day_start, r.closed_through), $4, $5::uuid, $6::smallint,
       $7::bigint, $8::integer, $9, $10::bigint, $11::bigint, $12::bigint, $13::bigint, $14::bigint, $15::bigint,
       $16::bigint, $17::jsonb, $18::uuid, $19::uuid, $20, $21::uuid, $22::boolean, $23::jsonb
FROM restaurants r
WHERE r.id = $1
