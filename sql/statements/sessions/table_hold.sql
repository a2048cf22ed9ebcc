-- Locks the table: it cannot be removed until the transaction ends.
SELECT t.id
FROM tables t
WHERE t.restaurant_id = $1 AND t.id = $2 AND t.deleted_at IS NULL
FOR KEY SHARE
