-- So many ($5) of an order's lines ($3) as lines ($4) of another order ($2), at the same
-- prices and as far as they had come ($6).
INSERT INTO order_items
  (restaurant_id, id, order_id, position, menu_item_id, name, price, customization_amount, quantity, subtotal,
   tax_rate_ppm, station, status, special_instructions)
SELECT i.restaurant_id, n.to_id, $2::uuid, n.position, i.menu_item_id, i.name, i.price, i.customization_amount,
       n.quantity, (i.price + i.customization_amount) * n.quantity, i.tax_rate_ppm, i.station, n.status,
       i.special_instructions
FROM order_items i
CROSS JOIN unnest($3::uuid[], $4::uuid[], $5::smallint[], $6::text[]) WITH ORDINALITY AS n (from_id, to_id, quantity, status, position)
WHERE i.restaurant_id = $1 AND i.id = n.from_id AND i.id = ANY ($3::uuid[])
