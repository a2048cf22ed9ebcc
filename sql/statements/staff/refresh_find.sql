SELECT t.id, t.family_id, t.staff_id, t.used_at IS NOT NULL AS is_used, t.revoked_at IS NOT NULL AS is_revoked,
       t.expires_at <= now() AS is_expired, s.role, s.email, s.is_active AND s.deleted_at IS NULL AS is_active
FROM refresh_tokens t
JOIN staff s ON s.restaurant_id = t.restaurant_id AND s.id = t.staff_id
WHERE t.restaurant_id = $1 AND t.token_hash = $2
FOR UPDATE OF t
