-- What the mirror has had for a day.
DELETE FROM sync_logs l WHERE l.convex_sync_status = 'synced' AND l.last_sync_at < now() - interval '1 day'
