-- A restaurant's events, for orderzapctl watch.
SELECT e.id, e.xid, rfc3339(e.created_at) AS created_at, e.type, e.resource
FROM events e
WHERE e.restaurant_id = $1 AND e.xid >= $2::xid8
ORDER BY e.xid, e.created_at, e.id
