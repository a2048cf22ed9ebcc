-- What was chosen for the lines ($2), for their new ones ($3); the ids are of version 7, as
-- old as the new line's.
INSERT INTO order_item_customizations
  (restaurant_id, id, order_item_id, position, option_id, value_id, option_name, value_name, price_modifier, quantity)
SELECT c.restaurant_id, (left(n.to_id::text, 20) || right(md5(n.to_id::text || c.id::text), 15))::uuid, n.to_id, c.position, c.option_id, c.value_id, c.option_name,
       c.value_name, c.price_modifier, c.quantity
FROM order_item_customizations c
CROSS JOIN unnest($2::uuid[], $3::uuid[]) AS n (from_id, to_id)
WHERE c.restaurant_id = $1 AND c.order_item_id = n.from_id AND c.order_item_id = ANY ($2::uuid[])
