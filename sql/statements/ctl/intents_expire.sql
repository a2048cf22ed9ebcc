-- Up to $1 online payments that were begun and not heard of again. One that somebody
-- holds is left to the next cleanup.
WITH due AS MATERIALIZED (
  SELECT x.restaurant_id, x.id
  FROM payment_intents x
  WHERE x.status = 'pending' AND x.expires_at <= now()
  LIMIT $1::integer
  FOR NO KEY UPDATE SKIP LOCKED)
UPDATE payment_intents i SET status = 'expired'
FROM due
WHERE i.restaurant_id = due.restaurant_id AND i.id = due.id
