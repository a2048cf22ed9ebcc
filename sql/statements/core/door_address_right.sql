-- The network was let in: it is known for $4 days, and its wrong tries are deleted.
INSERT INTO door_addresses AS d (restaurant_id, door_id, address_hash, is_known, failures, expires_at)
VALUES ($1, $2, $3, true, 0, now() + make_interval(days => $4::integer))
ON CONFLICT (restaurant_id, door_id, address_hash) DO UPDATE
SET is_known = true, failures = 0, refused_until = NULL, expires_at = excluded.expires_at
