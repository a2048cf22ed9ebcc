-- Sent. A row that has moved on since stays pending.
UPDATE sync_logs l
SET convex_sync_status = CASE WHEN l.entity_version = n.version THEN 'synced' ELSE l.convex_sync_status END,
    locked_until = NULL, convex_sync_attempts = 0, rejected_since = NULL, outage_attempts = 0, convex_error = NULL,
    last_sync_at = now()
FROM unnest($2::text[], $3::uuid[], $4::bigint[]) AS n (type, id, version)
WHERE l.restaurant_id = $1 AND l.entity_type = n.type AND l.entity_id = n.id
