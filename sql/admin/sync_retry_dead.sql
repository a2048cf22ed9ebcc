UPDATE sync_logs l
SET convex_sync_status = 'pending', convex_sync_attempts = 0, rejected_since = NULL, convex_error = NULL,
    next_attempt_at = now(), pending_since = now(), locked_until = NULL
WHERE l.restaurant_id = $1 AND l.convex_sync_status = 'dead'
