-- $5: wrong tries in a row, $6: seconds for which the network is refused. An
-- unknown network is forgotten a day after it may try again; wrong tries do not
-- change how long a network stays known.
INSERT INTO door_addresses AS d
  (restaurant_id, door_id, address_hash, is_known, failures, refused_until, expires_at)
VALUES ($1, $2, $3, $4::boolean, $5::integer,
        CASE WHEN $6::integer > 0 THEN now() + make_interval(secs => $6::integer) END,
        now() + interval '1 day' + make_interval(secs => $6::integer))
ON CONFLICT (restaurant_id, door_id, address_hash) DO UPDATE
SET is_known = excluded.is_known, failures = excluded.failures, refused_until = excluded.refused_until,
    expires_at = CASE WHEN d.is_known THEN greatest(d.expires_at, excluded.expires_at) ELSE excluded.expires_at END
