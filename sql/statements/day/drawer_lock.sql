-- FOR UPDATE waits for the payments that are being written: the statement that adds up sees them.
SELECT d.closed_at IS NOT NULL AS is_closed, d.staff_id
FROM drawers d
WHERE d.restaurant_id = $1 AND d.id = $2
FOR UPDATE
