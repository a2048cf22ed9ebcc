INSERT INTO order_items
  (restaurant_id, id, order_id, position, menu_item_id, name, price, customization_amount,
   quantity, subtotal, tax_rate_ppm, station, special_instructions)
SELECT o.restaurant_id, l.id, o.id, l.position, l.menu_item_id, l.name, l.price,
       l.customization_amount, l.quantity, l.subtotal, l.tax_rate_ppm, l.station,
       l.special_instructions
FROM orders o
CROSS JOIN unnest($3::uuid[], $4::uuid[], $5::text[], $6::bigint[], $7::bigint[], $8::smallint[],
                  $9::bigint[], $10::integer[], $11::text[], $12::text[]) WITH ORDINALITY
  AS l (id, menu_item_id, name, price, customization_amount, quantity, subtotal, tax_rate_ppm,
        station, special_instructions, position)
WHERE o.restaurant_id = $1 AND o.id = $2
