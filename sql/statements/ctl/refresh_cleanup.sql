-- Up to $1 tokens. A used token is kept until it would have expired, so that its second use
-- is noticed. One that somebody holds is left to the next cleanup.
DELETE FROM refresh_tokens t
USING (
  SELECT x.restaurant_id, x.id
  FROM refresh_tokens x
  WHERE x.expires_at <= now() - interval '1 day'
  LIMIT $1::integer
  FOR UPDATE SKIP LOCKED) x
WHERE t.restaurant_id = x.restaurant_id AND t.id = x.id
