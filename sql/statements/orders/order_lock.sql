SELECT o.status, o.version, o.payment_status, o.diner_id, o.session_id
FROM orders o
WHERE o.restaurant_id = $1 AND o.id = $2 AND o.deleted_at IS NULL
  AND ($3::uuid IS NULL OR o.session_id = $3)
FOR NO KEY UPDATE
