-- The drawer is not closed until what comes into it is written.
SELECT d.closed_at IS NOT NULL AS is_closed
FROM drawers d
WHERE d.restaurant_id = $1 AND d.id = $2
FOR KEY SHARE
