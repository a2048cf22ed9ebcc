UPDATE sync_state s SET halted_at = now(), halted_because = $1 WHERE s.name = 'convex'
