-- FOR KEY SHARE: the table cannot be removed in the meantime.
INSERT INTO sessions
  (restaurant_id, id, table_id, opened_by, opened_by_staff_id, pin_hash, guest_count, expires_at)
SELECT t.restaurant_id, $2::uuid, t.id, $4, $5::uuid, $6::bytea, $7::smallint,
       now() + make_interval(mins => r.session_expiry_minutes)
FROM tables t
JOIN restaurants r ON r.id = t.restaurant_id
WHERE t.restaurant_id = $1 AND r.id = $1 AND t.id = $3 AND t.deleted_at IS NULL
FOR KEY SHARE OF t
ON CONFLICT (restaurant_id, table_id) WHERE status = 'active' DO NOTHING
