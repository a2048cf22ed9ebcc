SELECT s.reaped_at IS NULL OR s.reaped_at < now() - interval '1 day' AS is_due,
       floor(extract(epoch FROM now() - interval '30 days') * 1000)::bigint AS before_ms
FROM sync_state s
WHERE s.name = 'convex'
