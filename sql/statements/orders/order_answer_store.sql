-- As order_answer, and stores the answer under the request's key. $6, $7, $8: the
-- text before, between and after. No order that was taken offline has a key. Only where no old row is
-- there: an upsert prepares what it would set for each order.
INSERT INTO idempotency_keys
  (restaurant_id, caller, key, request_hash, status, location, etag, answer, created_at)
SELECT o.restaurant_id, $3, $4, $5, 201, '/api/orders/' || o.id, '"' || o.version || '"',
       $6 || o.order_number || $7 || rfc3339(o.created_at) || '","updated_at":"' || rfc3339(o.updated_at)
         || '","occurred_at": null' || $8, now()
FROM orders o
WHERE o.restaurant_id = $1 AND o.id = $2
RETURNING answer
