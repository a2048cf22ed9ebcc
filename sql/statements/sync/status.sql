SELECT s.pending, s.oldest_seconds, s.dead, rfc3339(s.last_success_at) AS last_success_at, s.halted_because
FROM sync_status() AS s
