-- The answer to an order just placed, put together around what the database
-- knows: its number and its time. $3, $4, $5: the text before, between and after.
SELECT $3 || o.order_number || $4 || rfc3339(o.created_at) || '","updated_at":"' || rfc3339(o.updated_at) || '","occurred_at":'
       || coalesce('"' || rfc3339(o.occurred_at) || '"', 'null') || $5 AS answer
FROM orders o
WHERE o.restaurant_id = $1 AND o.id = $2
