-- Up to $1 tokens. A used token is kept until it would have expired, so that its second use
-- is noticed. One that somebody holds is left to the next cleanup.
WITH due AS MATERIALIZED (
  SELECT x.restaurant_id, x.id
  FROM refresh_tokens x
  WHERE x.expires_at <= now() - interval '1 day'
  LIMIT $1::integer
  FOR UPDATE SKIP LOCKED)
DELETE FROM refresh_tokens t
USING due
WHERE t.restaurant_id = due.restaurant_id AND t.id = due.id
