-- Rows that are due, leased for a while. What a run before this one ($3: its
-- start) leased is free: only one runs at a time.
UPDATE sync_logs l SET locked_until = now() + interval '2 minutes'
FROM (
  SELECT c.entity_type, c.entity_id
  FROM sync_logs c
  WHERE c.restaurant_id = $1 AND c.convex_sync_status = 'pending' AND c.next_attempt_at <= now()
    AND (c.locked_until IS NULL OR c.locked_until <= greatest(now(), $3::timestamptz + interval '2 minutes'))
  ORDER BY c.next_attempt_at
  LIMIT $2::integer
  FOR UPDATE SKIP LOCKED) c
WHERE l.restaurant_id = $1 AND l.entity_type = c.entity_type AND l.entity_id = c.entity_id
RETURNING l.entity_type, l.entity_id, l.entity_version
