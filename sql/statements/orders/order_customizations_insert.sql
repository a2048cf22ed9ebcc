INSERT INTO order_item_customizations
  (restaurant_id, id, order_item_id, position, option_id, value_id, option_name, value_name,
   price_modifier, quantity)
SELECT r.id, l.id, l.order_item_id, l.position, l.option_id, l.value_id, l.option_name,
       l.value_name, l.price_modifier, l.quantity
FROM restaurants r
CROSS JOIN unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[],
                  $8::bigint[], $9::smallint[]) WITH ORDINALITY
  AS l (id, order_item_id, option_id, value_id, option_name, value_name, price_modifier, quantity, position)
WHERE r.id = $1
