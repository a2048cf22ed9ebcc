-- The lock lets tries at the account run one after another.
SELECT s.id, s.role, s.password_hash, s.email
FROM staff s
WHERE s.restaurant_id = $1 AND s.email = lower($2) AND s.is_active AND s.deleted_at IS NULL
FOR NO KEY UPDATE
