-- The session of the payment, before the payment and its orders are locked:
-- whoever merges sessions locks in this order, too.
SELECT s.id
FROM payments p
JOIN sessions s ON s.restaurant_id = p.restaurant_id AND s.id = p.session_id
WHERE p.restaurant_id = $1 AND p.id = $2
FOR KEY SHARE OF s
