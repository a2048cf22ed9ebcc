UPDATE users u SET removed_at = now(), link_hash = NULL, link_expires_at = NULL
WHERE u.restaurant_id = $1 AND u.session_id = $2 AND u.id = $3 AND u.removed_at IS NULL
