-- The online payments that hold something of a session ($2) now, oldest first: for it, or
-- for one of its orders.
SELECT json_build_object(
  'data', coalesce(json_agg(intent_json(i.restaurant_id, i.id) ORDER BY i.id), '[]'::json),
  'next_cursor', NULL) AS answer
FROM payment_intents i
WHERE i.restaurant_id = $1 AND i.status = 'pending' AND i.expires_at > now()
  AND i.id IN (
    SELECT a.id FROM payment_intents a WHERE a.restaurant_id = $1 AND a.session_id = $2::uuid
    UNION ALL
    SELECT b.id
    FROM orders o
    JOIN payment_intents b ON b.restaurant_id = o.restaurant_id AND b.order_id = o.id
    WHERE o.restaurant_id = $1 AND o.session_id = $2)
