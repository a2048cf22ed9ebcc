INSERT INTO menu_items
  (restaurant_id, id, category_id, name, description, price, tags, allergens, image_url,
   is_available, station, tax_rate_ppm, position)
VALUES ($1, $2, ($3::jsonb ->> 'category_id')::uuid, $3::jsonb ->> 'name', $3::jsonb ->> 'description',
        ($3::jsonb ->> 'price')::bigint, json_texts($3::jsonb -> 'tags'), json_texts($3::jsonb -> 'allergens'),
        $3::jsonb ->> 'image_url', coalesce(($3::jsonb ->> 'is_available')::boolean, true),
        $3::jsonb ->> 'station', ($3::jsonb ->> 'tax_rate_ppm')::integer,
        coalesce(($3::jsonb ->> 'position')::integer, 0))
