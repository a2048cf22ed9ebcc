SELECT t.id, t.family_id, t.staff_id, t.used_at IS NOT NULL, t.revoked_at IS NOT NULL,
       t.expires_at <= now(), s.role, s.email, s.is_active AND s.deleted_at IS NULL
FROM refresh_tokens t
JOIN staff s ON s.restaurant_id = t.restaurant_id AND s.id = t.staff_id
WHERE t.restaurant_id = $1 AND t.token_hash = $2
FOR UPDATE OF t
