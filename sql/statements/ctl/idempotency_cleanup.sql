-- Up to $1 keys that are older than 24 hours. One that a request holds is left to
-- the next cleanup.
WITH due AS MATERIALIZED (
  SELECT x.restaurant_id, x.caller, x.key
  FROM idempotency_keys x
  WHERE x.created_at <= now() - interval '24 hours'
  LIMIT $1::integer
  FOR UPDATE SKIP LOCKED)
DELETE FROM idempotency_keys k
USING due
WHERE k.restaurant_id = due.restaurant_id AND k.caller = due.caller AND k.key = due.key
