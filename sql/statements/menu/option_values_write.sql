-- In the order of the list. A value that is there already is changed.
INSERT INTO menu_item_option_values
  (restaurant_id, id, option_id, name, price_modifier, is_default, is_available, position)
SELECT p.restaurant_id, l.id, p.id, l.name, l.price_modifier, l.is_default, l.is_available, l.position
FROM menu_item_options p
CROSS JOIN unnest($3::uuid[], $4::text[], $5::bigint[], $6::boolean[], $7::boolean[]) WITH ORDINALITY
  AS l (id, name, price_modifier, is_default, is_available, position)
WHERE p.restaurant_id = $1 AND p.id = $2
ON CONFLICT (restaurant_id, id) DO UPDATE
  SET name = excluded.name, price_modifier = excluded.price_modifier, is_default = excluded.is_default,
      is_available = excluded.is_available, position = excluded.position
