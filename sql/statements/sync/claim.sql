-- Rows that are due, leased for a while. Leases from before this run's start ($3)
-- are free: only one run at a time. MATERIALIZED, since a join may read a subquery
-- again, and each time its LIMIT takes other rows.
WITH due AS MATERIALIZED (
  SELECT c.entity_type, c.entity_id
  FROM sync_logs c
  WHERE c.restaurant_id = $1 AND c.convex_sync_status = 'pending' AND c.next_attempt_at <= now()
    AND (c.locked_until IS NULL OR c.locked_until <= greatest(now(), $3::timestamptz + interval '2 minutes'))
  ORDER BY c.next_attempt_at
  LIMIT $2::integer
  FOR UPDATE SKIP LOCKED)
UPDATE sync_logs l SET locked_until = now() + interval '2 minutes'
FROM due
WHERE l.restaurant_id = $1 AND l.entity_type = due.entity_type AND l.entity_id = due.entity_id
RETURNING l.entity_type, l.entity_id, l.entity_version
