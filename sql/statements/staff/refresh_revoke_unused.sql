-- What was given for a token ($2) and never used: the answers were lost. See refresh_find.sql for
-- those without a parent.
UPDATE refresh_tokens n SET revoked_at = now()
FROM refresh_tokens t
WHERE t.restaurant_id = $1 AND t.id = $2
  AND n.restaurant_id = $1 AND n.family_id = t.family_id AND n.id <> t.id
  AND (n.parent_id = t.id OR n.parent_id IS NULL AND n.created_at >= t.used_at)
  AND n.used_at IS NULL AND n.revoked_at IS NULL
