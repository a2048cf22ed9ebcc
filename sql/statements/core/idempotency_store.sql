-- A row that is there already is an old one: idempotency_find saw it.
INSERT INTO idempotency_keys
  (restaurant_id, caller, key, request_hash, status, location, etag, answer, is_sealed, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now())
ON CONFLICT (restaurant_id, caller, key) DO UPDATE
  SET request_hash = excluded.request_hash, status = excluded.status, location = excluded.location,
      etag = excluded.etag, answer = excluded.answer, is_sealed = excluded.is_sealed,
      created_at = excluded.created_at
