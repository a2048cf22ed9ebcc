-- Locked in the same order, so that two owners cannot remove each other at once.
SELECT s.id
FROM staff s
WHERE s.restaurant_id = $1 AND s.role = 'owner' AND s.is_active AND s.deleted_at IS NULL
ORDER BY s.id
FOR UPDATE
