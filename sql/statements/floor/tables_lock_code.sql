-- The table and the one that a code leads to, always in the same order: two that give each
-- other their codes do not deadlock.
SELECT t.id
FROM tables t
WHERE t.restaurant_id = $1 AND t.id = ANY (ARRAY[$2::uuid, (
  SELECT q.table_id FROM qr_codes q WHERE q.restaurant_id = $1 AND q.code = $3)])
ORDER BY t.id
FOR UPDATE
