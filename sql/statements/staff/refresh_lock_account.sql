-- The account of a refresh token, locked before any of its tokens.
SELECT s.id
FROM staff s
JOIN refresh_tokens t ON t.restaurant_id = s.restaurant_id AND t.staff_id = s.id
WHERE s.restaurant_id = $1 AND t.token_hash = $2
FOR NO KEY UPDATE OF s
