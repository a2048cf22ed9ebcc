-- Held for ten minutes.
INSERT INTO payment_intents
  (restaurant_id, id, order_id, session_id, diner_id, staff_id, provider, amount, tip_amount, currency, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now() + interval '10 minutes')
