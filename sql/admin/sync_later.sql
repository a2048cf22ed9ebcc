-- The mirror could not be reached: later, at the latest in an hour.
UPDATE sync_logs l
SET locked_until = NULL, outage_attempts = l.outage_attempts + 1, convex_error = $5,
    next_attempt_at = CASE WHEN l.entity_version = n.version
                      THEN now() + least(interval '30 seconds' * 2 ^ least(l.outage_attempts + 1, 10), interval '1 hour')
                      ELSE l.next_attempt_at END
FROM unnest($2::text[], $3::uuid[], $4::bigint[]) AS n (type, id, version)
WHERE l.restaurant_id = $1 AND l.entity_type = n.type AND l.entity_id = n.id
