-- Before the order itself, whose number others wait for: the foreign key is
-- checked when the transaction commits.
INSERT INTO order_items
  (restaurant_id, id, order_id, position, menu_item_id, name, price, customization_amount,
   quantity, subtotal, tax_rate_ppm, station, special_instructions)
SELECT r.id, l.id, $2::uuid, l.position, l.menu_item_id, l.name, l.price,
       l.customization_amount, l.quantity, l.subtotal, l.tax_rate_ppm, l.station,
       l.special_instructions
FROM restaurants r
CROSS JOIN unnest($3::uuid[], $4::uuid[], $5::text[], $6::bigint[], $7::bigint[], $8::smallint[],
                  $9::bigint[], $10::integer[], $11::text[], $12::text[]) WITH ORDINALITY
  AS l (id, menu_item_id, name, price, customization_amount, quantity, subtotal, tax_rate_ppm,
        station, special_instructions, position)
WHERE r.id = $1
