INSERT INTO order_item_customizations
  (restaurant_id, id, order_item_id, position, option_id, value_id, option_name, value_name,
   price_modifier)
SELECT o.restaurant_id, l.id, l.order_item_id, l.position, l.option_id, l.value_id, l.option_name,
       l.value_name, l.price_modifier
FROM orders o
CROSS JOIN unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::text[],
                  $9::bigint[]) WITH ORDINALITY
  AS l (id, order_item_id, option_id, value_id, option_name, value_name, price_modifier, position)
WHERE o.restaurant_id = $1 AND o.id = $2
