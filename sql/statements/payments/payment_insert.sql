INSERT INTO payments
  (restaurant_id, id, order_id, session_id, intent_id, amount, tip_amount, currency, method, provider, provider_ref,
   card_brand, card_last4, flag, staff_id, diner_id, rounding_amount, for_diner_id, share_id, drawer_id, business_date)
SELECT r.id, $2::uuid, $3::uuid, $4::uuid, $5::uuid, $6::bigint, $7::bigint, $8, $9, $10, $11, $12, $13, $14,
       $15::uuid, $16::uuid, $17::bigint, $18::uuid, $19::uuid, $20::uuid,
       document_date(now(), r.timezone, r.business_day_start, r.closed_through)
FROM restaurants r
WHERE r.id = $1
