INSERT INTO refresh_tokens (restaurant_id, id, family_id, staff_id, token_hash, expires_at, parent_id)
VALUES ($1, $2, $3, $4, $5, now() + make_interval(days => $6::integer), $7)
