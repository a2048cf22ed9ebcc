-- A new item, or a change of one: fields not in $3 stay, or have the table's defaults.
INSERT INTO menu_items
  (restaurant_id, id, category_id, name, description, price, tags, allergens, image_url,
   is_available, station, tax_rate_ppm, position)
SELECT r.id, $2, n.category_id, n.name, n.description, n.price, coalesce(n.tags, '{}'), coalesce(n.allergens, '{}'),
       n.image_url, coalesce(n.is_available, i.is_available, true), n.station, n.tax_rate_ppm,
       coalesce(n.position, i.position, 0)
FROM restaurants r
LEFT JOIN menu_items i ON i.restaurant_id = r.id AND i.id = $2
CROSS JOIN LATERAL jsonb_populate_record(i, $3::jsonb) n
WHERE r.id = $1
ON CONFLICT (restaurant_id, id) DO UPDATE
  SET category_id = excluded.category_id, name = excluded.name, description = excluded.description,
      price = excluded.price, tags = excluded.tags, allergens = excluded.allergens, image_url = excluded.image_url,
      is_available = excluded.is_available, station = excluded.station, tax_rate_ppm = excluded.tax_rate_ppm,
      position = excluded.position
