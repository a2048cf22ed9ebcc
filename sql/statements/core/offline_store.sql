INSERT INTO sync_queue
  (restaurant_id, id, caller, client_id, change_id, type, payload, status, result, occurred_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
