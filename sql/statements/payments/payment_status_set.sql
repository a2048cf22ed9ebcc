-- An order's version counts only what changes of it.
UPDATE orders o SET payment_status = n.status
FROM unnest($2::uuid[], $3::text[]) AS n (id, status)
WHERE o.restaurant_id = $1 AND o.id = n.id AND o.payment_status <> n.status
