-- Always locked in the same order, so that two bulk changes do not deadlock.
SELECT i.id
FROM menu_items i
WHERE i.restaurant_id = $1 AND i.id = ANY ($2::uuid[]) AND i.deleted_at IS NULL
ORDER BY i.id
FOR NO KEY UPDATE
