SELECT s.id, s.pin_hash, s.pin_failures,
       coalesce(ceil(extract(epoch FROM s.pin_locked_until - now())), 0)::integer AS locked_seconds
FROM sessions s
WHERE s.restaurant_id = $1 AND s.table_id = $2 AND s.status = 'active' AND s.expires_at > now()
FOR NO KEY UPDATE
