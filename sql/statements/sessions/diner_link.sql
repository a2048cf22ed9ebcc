-- A new code takes the place of the one before.
UPDATE users u SET link_hash = $4, link_expires_at = now() + interval '10 minutes'
WHERE u.restaurant_id = $1 AND u.session_id = $2 AND u.id = $3 AND u.removed_at IS NULL
