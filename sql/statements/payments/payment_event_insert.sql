INSERT INTO payment_events
  (restaurant_id, provider, event_id, intent_id, status, amount, currency, provider_ref, payment_id, refund_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
