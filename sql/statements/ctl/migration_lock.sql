SELECT pg_try_advisory_lock(hashtextextended('orderzap migrate', 0)) AS is_ours
