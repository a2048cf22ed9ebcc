-- A diner ($3: its session) sees its session's orders only.
SELECT order_json(o.restaurant_id, o.id) AS answer, o.version
FROM orders o
WHERE o.restaurant_id = $1 AND o.id = $2
  AND ($3::uuid IS NULL OR o.session_id = $3)
  AND (o.deleted_at IS NULL OR $4::boolean)
