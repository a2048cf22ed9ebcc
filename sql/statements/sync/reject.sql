-- The mirror refuses these rows, though it takes others: dead after five tries
-- spread over a quarter of an hour, since a deployment may be under way.
-- Skips locked rows; returns those it wrote.
WITH n AS (
  SELECT l.entity_type AS type, l.entity_id AS id, k.version
  FROM unnest($2::text[], $3::uuid[], $4::bigint[]) AS k (type, id, version)
  JOIN sync_logs l ON l.restaurant_id = $1 AND l.entity_type = k.type AND l.entity_id = k.id
  FOR UPDATE OF l SKIP LOCKED)
UPDATE sync_logs l
SET locked_until = NULL, convex_sync_attempts = l.convex_sync_attempts + 1, convex_error = $5,
    rejected_since = coalesce(l.rejected_since, now()),
    convex_sync_status = CASE WHEN l.entity_version = n.version AND l.convex_sync_attempts >= 4
                                AND l.rejected_since <= now() - interval '15 minutes'
                         THEN 'dead' ELSE l.convex_sync_status END,
    next_attempt_at = CASE WHEN l.entity_version = n.version
                      THEN now() + least(interval '30 seconds' * 2 ^ least(l.convex_sync_attempts + 1, 10), interval '1 hour')
                      ELSE l.next_attempt_at END
FROM n
WHERE l.restaurant_id = $1 AND l.entity_type = n.type AND l.entity_id = n.id
RETURNING l.entity_type, l.entity_id
