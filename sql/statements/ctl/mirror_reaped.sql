UPDATE sync_state s SET reaped_at = now() WHERE s.name = 'convex'
