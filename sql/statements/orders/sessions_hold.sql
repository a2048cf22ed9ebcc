-- Two sessions that change together ($3 may be NULL), always in the same order.
SELECT s.id, s.status = 'active' AND (s.expires_at > now() OR session_owes(s.restaurant_id, s.id)) AS is_active, s.table_id, s.sums
FROM sessions s
WHERE s.restaurant_id = $1 AND s.id = ANY (ARRAY[$2::uuid, $3::uuid])
ORDER BY s.id
FOR NO KEY UPDATE
