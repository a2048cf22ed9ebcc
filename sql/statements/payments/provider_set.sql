INSERT INTO payment_providers (restaurant_id, provider, secret_sealed, created_at, updated_at)
VALUES ($1, $2, $3, now(), now())
ON CONFLICT (restaurant_id, provider) DO UPDATE
  SET secret_sealed = excluded.secret_sealed, updated_at = excluded.updated_at
