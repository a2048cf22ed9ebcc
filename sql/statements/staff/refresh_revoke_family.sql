UPDATE refresh_tokens t SET revoked_at = now()
WHERE t.restaurant_id = $1 AND t.family_id = $2 AND t.revoked_at IS NULL
