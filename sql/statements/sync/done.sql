-- Sent. A row that has moved on since stays pending.
-- Skips locked rows; returns those it wrote.
WITH n AS (
  SELECT l.entity_type AS type, l.entity_id AS id, k.version
  FROM unnest($2::text[], $3::uuid[], $4::bigint[]) AS k (type, id, version)
  JOIN sync_logs l ON l.restaurant_id = $1 AND l.entity_type = k.type AND l.entity_id = k.id
  FOR UPDATE OF l SKIP LOCKED)
UPDATE sync_logs l
SET convex_sync_status = CASE WHEN l.entity_version = n.version THEN 'synced' ELSE l.convex_sync_status END,
    locked_until = NULL, convex_sync_attempts = 0, rejected_since = NULL, outage_attempts = 0, convex_error = NULL,
    last_sync_at = now()
FROM n
WHERE l.restaurant_id = $1 AND l.entity_type = n.type AND l.entity_id = n.id
RETURNING l.entity_type, l.entity_id
