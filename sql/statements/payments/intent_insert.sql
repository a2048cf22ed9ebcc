-- Held for ten minutes.
INSERT INTO payment_intents
  (restaurant_id, id, order_id, session_id, diner_id, staff_id, provider, amount, tip_amount, currency, for_diner_id, share_id, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, now() + interval '10 minutes')
