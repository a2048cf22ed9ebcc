-- The session of the call, before the call itself is locked: moving and merging
-- sessions lock in this order, too.
SELECT s.id
FROM service_calls c
JOIN sessions s ON s.restaurant_id = c.restaurant_id AND s.id = c.session_id
WHERE c.restaurant_id = $1 AND c.id = $2
FOR KEY SHARE OF s
