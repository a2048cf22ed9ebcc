-- Up to $1 sessions past their time; the next guests' session would end them too. One
-- that somebody holds is left to the next cleanup.
WITH due AS MATERIALIZED (
  SELECT x.restaurant_id, x.id
  FROM sessions x
  WHERE x.status = 'active' AND x.expires_at <= now()
  LIMIT $1::integer
  FOR NO KEY UPDATE SKIP LOCKED)
UPDATE sessions s SET status = 'expired', closed_at = s.expires_at
FROM due
WHERE s.restaurant_id = due.restaurant_id AND s.id = due.id
