-- The session that an order is of which was taken offline at a table; it may have ended since. Locked
-- as in session_for_order.sql.
SELECT s.id, s.table_id, s.sums,
  s.status = 'active' AND (s.expires_at > now() OR session_owes(s.restaurant_id, s.id)) AS is_running
FROM sessions s
WHERE s.restaurant_id = $1 AND s.id = (SELECT session_of_table_at($1::uuid, $2::uuid, $3::timestamptz))
FOR NO KEY UPDATE
