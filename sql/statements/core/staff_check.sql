-- A member of staff whose account and sign-in are still valid.
SELECT s.role
FROM staff s
WHERE s.restaurant_id = $1 AND s.id = $2 AND s.is_active AND s.deleted_at IS NULL
  AND EXISTS (
    SELECT FROM refresh_tokens t
    WHERE t.restaurant_id = $1 AND t.family_id = $3 AND t.staff_id = s.id AND t.revoked_at IS NULL)
