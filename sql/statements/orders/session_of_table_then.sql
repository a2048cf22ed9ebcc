-- The session that ran at the table when an order was taken offline ($3), which may have ended
-- since; a time in the future or over thirty days ago is a wrong clock's, and means now. Never
-- one that began later: the next party's. One that owes goes on past its time. Locked as in
-- session_for_order.sql.
WITH taken AS MATERIALIZED (
  SELECT CASE WHEN $3::timestamptz BETWEEN now() - interval '30 days' AND now() THEN $3::timestamptz ELSE now() END AS at)
SELECT s.id, s.sums, s.status = 'active' AND (s.expires_at > now() OR session_owes(s.restaurant_id, s.id)) AS is_running
FROM sessions s
WHERE s.restaurant_id = $1 AND s.table_id = $2
  AND s.created_at <= (SELECT t.at FROM taken t)
  AND (coalesce(s.closed_at, s.expires_at) > (SELECT t.at FROM taken t)
    OR s.status = 'active' AND session_owes(s.restaurant_id, s.id))
ORDER BY s.created_at DESC
LIMIT 1
FOR NO KEY UPDATE
