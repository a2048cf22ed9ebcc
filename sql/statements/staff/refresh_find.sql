-- A refresh token, and whether one that was given for it has been used. Those without a parent are
-- of the previous version, which gave one token for each.
SELECT t.id, t.family_id, t.staff_id, t.used_at IS NOT NULL AS is_used, t.revoked_at IS NOT NULL AS is_revoked,
       t.expires_at <= now() AS is_expired, coalesce(t.used_at > now() - interval '30 seconds', false) AS is_repeat,
       EXISTS (
         SELECT FROM refresh_tokens n
         WHERE n.restaurant_id = $1 AND n.family_id = t.family_id AND n.used_at IS NOT NULL AND n.id <> t.id
           AND (n.parent_id = t.id OR n.parent_id IS NULL AND n.created_at >= t.used_at)) AS is_succeeded,
       s.role, s.email, s.is_active AND s.deleted_at IS NULL AS is_active
FROM refresh_tokens t
JOIN staff s ON s.restaurant_id = t.restaurant_id AND s.id = t.staff_id
WHERE t.restaurant_id = $1 AND t.token_hash = $2
FOR UPDATE OF t
