-- A session in use goes on: quietly, see pushed_at in 0050_session_pushed.sql. Not once it
-- has run out: then staff decide.
UPDATE sessions s SET expires_at = now() + make_interval(mins => r.session_expiry_minutes), pushed_at = now()
FROM restaurants r
WHERE r.id = $1 AND s.restaurant_id = $1 AND s.id = $2 AND s.status = 'active' AND s.expires_at > now()
  AND s.expires_at < now() + make_interval(mins => r.session_expiry_minutes)
