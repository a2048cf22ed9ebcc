-- FOR NO KEY UPDATE: what happens to a session's orders and their money happens one
-- after the other.
SELECT s.sums, date_part('epoch', s.expires_at - now())::bigint AS seconds_left,
  (SELECT r.session_expiry_minutes FROM restaurants r WHERE r.id = $1) AS session_expiry_minutes
FROM sessions s
WHERE s.restaurant_id = $1 AND s.id = $2
FOR NO KEY UPDATE
