-- The session and the one at the table that it moves to, in the order of
-- sessions_lock_two. Otherwise two that change places would deadlock.
SELECT s.id, s.table_id
FROM sessions s
WHERE s.restaurant_id = $1 AND s.id = ANY (ARRAY[$2::uuid, (
  SELECT x.id FROM sessions x WHERE x.restaurant_id = $1 AND x.table_id = $3 AND x.status = 'active')])
ORDER BY s.id
FOR UPDATE
