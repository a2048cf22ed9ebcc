-- Somebody signed in calls from this network: it is known for $4 days. Wrong tries
-- that others make there stay counted. Written at most once a day.
INSERT INTO door_addresses AS d (restaurant_id, door_id, address_hash, is_known, failures, expires_at)
VALUES ($1, $2, $3, true, 0, now() + make_interval(days => $4::integer))
ON CONFLICT (restaurant_id, door_id, address_hash) DO UPDATE
SET is_known = true, expires_at = excluded.expires_at
WHERE NOT d.is_known OR d.expires_at < excluded.expires_at - interval '1 day'
