-- A session that may be opened again. It belongs to the day of its last document,
-- or else of its opening; if that day is closed, it stays closed. The table is not removed until the transaction ends.
SELECT s.version, s.table_id, s.status = 'active' AND (s.expires_at > now() OR session_owes(s.restaurant_id, s.id)) AS is_running,
  t.deleted_at IS NULL AS has_table,
  document_date(now(), r.timezone, r.business_day_start, r.closed_through) <= greatest(
    business_date(s.created_at, r.timezone, r.business_day_start), session_day(s.restaurant_id, s.id)) AS is_of_today
FROM sessions s
JOIN tables t ON t.restaurant_id = s.restaurant_id AND t.id = s.table_id
JOIN restaurants r ON r.id = s.restaurant_id
WHERE s.restaurant_id = $1 AND r.id = $1 AND s.id = $2
FOR KEY SHARE OF t
