-- What is known of a network at a door: whether it was let in before (NULL: it
-- never tried), its wrong tries in a row, the seconds for which it is refused;
-- and how many other networks tried lately that were never let in, up to $4.
SELECT a.is_known, a.failures,
       greatest(coalesce(ceil(extract(epoch FROM a.refused_until - now())), 0), 0)::integer AS seconds,
       others.n AS strangers
FROM (
  SELECT count(*)::integer AS n
  FROM (
    SELECT FROM door_addresses x
    WHERE x.restaurant_id = $1 AND x.door_id = $2 AND NOT x.is_known AND x.expires_at > now()
      AND x.address_hash <> $3::bytea
    LIMIT $4::integer) counted) others
LEFT JOIN door_addresses a
  ON a.restaurant_id = $1 AND a.door_id = $2 AND a.address_hash = $3::bytea AND a.expires_at > now()
