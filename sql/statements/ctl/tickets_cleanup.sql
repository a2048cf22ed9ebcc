DELETE FROM event_tickets t WHERE t.expires_at < now()
