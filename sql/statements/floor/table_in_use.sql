-- Read after locking the table, so that what began in the meantime counts.
SELECT EXISTS (
  SELECT FROM sessions s
  WHERE s.restaurant_id = $1 AND s.table_id = $2 AND s.status = 'active' AND (s.expires_at > now() OR session_owes(s.restaurant_id, s.id))) AS found
