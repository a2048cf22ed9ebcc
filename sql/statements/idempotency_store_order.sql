-- The answer to a placed order, made here so that it need not travel twice.
INSERT INTO idempotency_keys
  (restaurant_id, caller, key, request_hash, status, location, etag, answer, created_at)
SELECT o.restaurant_id, $3, $4, $5, 201, '/api/orders/' || o.id, '"' || o.version || '"',
       order_json(o.restaurant_id, o.id)::text, now()
FROM orders o
WHERE o.restaurant_id = $1 AND o.id = $2
ON CONFLICT (restaurant_id, caller, key) DO UPDATE
  SET request_hash = excluded.request_hash, status = excluded.status, location = excluded.location,
      etag = excluded.etag, answer = excluded.answer, is_sealed = excluded.is_sealed,
      created_at = excluded.created_at
