UPDATE sync_state s SET last_success_at = now(), halted_at = NULL, halted_because = NULL WHERE s.name = 'convex'
