UPDATE refresh_tokens t SET used_at = now() WHERE t.restaurant_id = $1 AND t.id = $2 AND t.used_at IS NULL
