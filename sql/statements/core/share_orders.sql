-- The orders that have the items of a share ($2).
SELECT DISTINCT i.order_id
FROM order_items i
WHERE i.restaurant_id = $1 AND i.id = ANY (ARRAY(
  SELECT (x.value ->> 'item_id')::uuid
  FROM shares h
  CROSS JOIN LATERAL jsonb_array_elements(h.items) x
  WHERE h.restaurant_id = $1 AND h.id = $2))
