-- Uses the code: the guest's next token is of sign-in $3, and no other is good any more.
UPDATE users u SET link_hash = NULL, link_expires_at = NULL, sign_in_id = $3
WHERE u.restaurant_id = $1 AND u.link_hash = $2 AND u.link_expires_at > now() AND u.removed_at IS NULL
RETURNING u.id, u.session_id
