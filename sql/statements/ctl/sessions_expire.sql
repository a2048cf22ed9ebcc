-- Up to $1 sessions past their time; the next guests' session would end them too. One
-- that somebody holds is left to the next cleanup.
UPDATE sessions s SET status = 'expired', closed_at = s.expires_at
FROM (
  SELECT x.restaurant_id, x.id
  FROM sessions x
  WHERE x.status = 'active' AND x.expires_at <= now()
  LIMIT $1::integer
  FOR NO KEY UPDATE SKIP LOCKED) x
WHERE s.restaurant_id = x.restaurant_id AND s.id = x.id
