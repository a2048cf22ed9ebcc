-- Rows to be sent (again), of one type: $3 ids, $4 the versions to delete at if
-- the row no longer exists.
INSERT INTO sync_logs AS l
  (restaurant_id, entity_type, entity_id, entity_version, next_attempt_at, created_at, pending_since)
SELECT r.id, $2::text, n.id, n.version, now(), now(), now()
FROM restaurants r
CROSS JOIN unnest($3::uuid[], $4::bigint[]) AS n (id, version)
WHERE r.id = $1
ON CONFLICT (restaurant_id, entity_type, entity_id) DO UPDATE
  SET entity_version = greatest(l.entity_version, excluded.entity_version),
      convex_sync_status = 'pending', convex_sync_attempts = 0, convex_error = NULL, rejected_since = NULL,
      outage_attempts = 0, next_attempt_at = excluded.next_attempt_at,
      pending_since = CASE WHEN l.convex_sync_status = 'pending' THEN l.pending_since ELSE excluded.pending_since END
