-- Money taken before there is an order; orders name it (deposit_id) and use it up.
INSERT INTO payments
  (restaurant_id, id, purpose, amount, tip_amount, currency, method, provider, provider_ref, card_brand, card_last4,
   staff_id, drawer_id, business_date)
SELECT r.id, $2::uuid, 'deposit', $3::bigint, $4::bigint, $5, $6, $7, $8, $9, $10, $11::uuid, $12::uuid,
       document_date(now(), r.timezone, r.business_day_start, r.closed_through)
FROM restaurants r
WHERE r.id = $1
