-- What would be sent, for --dry-run: each type and how many rows.
SELECT l.entity_type, count(*) AS waiting
FROM sync_logs l
WHERE l.restaurant_id = $1 AND l.convex_sync_status = 'pending' AND l.next_attempt_at <= now()
GROUP BY l.entity_type
ORDER BY l.entity_type
