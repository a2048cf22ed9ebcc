SELECT s.id, s.role, s.password_hash, coalesce(s.locked_until > now(), false) AS is_locked, s.email
FROM staff s
WHERE s.restaurant_id = $1 AND s.email = lower($2) AND s.is_active AND s.deleted_at IS NULL
