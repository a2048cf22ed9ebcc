-- Sessions past their time; the next guests' session would end them too.
UPDATE sessions s SET status = 'expired', closed_at = s.expires_at
WHERE s.status = 'active' AND s.expires_at <= now()
