-- The orders that have the items of a share ($2).
SELECT DISTINCT i.order_id
FROM shares h
CROSS JOIN LATERAL jsonb_array_elements(h.items) x
JOIN order_items i ON i.restaurant_id = h.restaurant_id AND i.id = (x.value ->> 'item_id')::uuid
WHERE h.restaurant_id = $1 AND h.id = $2
