SELECT s.id, s.sums,
  s.expires_at < now() + (SELECT make_interval(mins => r.session_expiry_minutes) / 2 FROM restaurants r WHERE r.id = $1) AS is_short
FROM sessions s
WHERE s.restaurant_id = $1 AND s.table_id = $2 AND s.status = 'active' AND (s.expires_at > now() OR session_owes(s.restaurant_id, s.id))
FOR NO KEY UPDATE
