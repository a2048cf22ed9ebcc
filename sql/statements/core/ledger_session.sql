-- FOR NO KEY UPDATE: what happens to a session's orders and their money happens one
-- after the other.
SELECT s.sums,
  s.expires_at < now() + (SELECT make_interval(mins => r.session_expiry_minutes) / 2 FROM restaurants r WHERE r.id = $1) AS is_short
FROM sessions s
WHERE s.restaurant_id = $1 AND s.id = $2
FOR NO KEY UPDATE
