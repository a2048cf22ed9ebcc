-- The session of the order, before the order itself is locked: whoever moves or
-- merges sessions locks in this order, too.
SELECT s.id
FROM orders o
JOIN sessions s ON s.restaurant_id = o.restaurant_id AND s.id = o.session_id
WHERE o.restaurant_id = $1 AND o.id = $2
FOR KEY SHARE OF s
