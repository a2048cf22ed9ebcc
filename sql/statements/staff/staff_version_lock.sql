SELECT s.version, s.role, s.is_active, s.password_hash
FROM staff s
WHERE s.restaurant_id = $1 AND s.id = $2 AND s.deleted_at IS NULL
FOR UPDATE
