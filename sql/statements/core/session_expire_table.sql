-- An expired session makes way for the next one.
UPDATE sessions s SET status = 'expired', closed_at = s.expires_at
WHERE s.restaurant_id = $1 AND s.table_id = $2 AND s.status = 'active' AND s.expires_at <= now()
