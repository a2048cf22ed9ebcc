-- The session and the one that is active at its table now, in the order of
-- sessions_lock_two.
SELECT s.id
FROM sessions s
WHERE s.restaurant_id = $1 AND s.id = ANY (ARRAY[$2::uuid, (
  SELECT x.id
  FROM sessions y
  JOIN sessions x ON x.restaurant_id = y.restaurant_id AND x.table_id = y.table_id AND x.status = 'active'
  WHERE y.restaurant_id = $1 AND y.id = $2)])
ORDER BY s.id
FOR UPDATE
