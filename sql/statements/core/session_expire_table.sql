-- An expired session makes way for the next one, unless it is unsettled.
UPDATE sessions s SET status = 'expired', closed_at = s.expires_at
WHERE s.restaurant_id = $1 AND s.table_id = $2 AND s.status = 'active' AND s.expires_at <= now()
  AND NOT session_owes(s.restaurant_id, s.id)
