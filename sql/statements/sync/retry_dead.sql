-- A dead row that is being changed is tried again by that change.
UPDATE sync_logs l
SET convex_sync_status = 'pending', convex_sync_attempts = 0, rejected_since = NULL, convex_error = NULL,
    next_attempt_at = now(), pending_since = now(), locked_until = NULL
FROM (
  SELECT d.entity_type, d.entity_id
  FROM sync_logs d
  WHERE d.restaurant_id = $1 AND d.convex_sync_status = 'dead'
  FOR UPDATE SKIP LOCKED) d
WHERE l.restaurant_id = $1 AND l.entity_type = d.entity_type AND l.entity_id = d.entity_id
