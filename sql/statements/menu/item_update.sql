UPDATE menu_items i
SET category_id = coalesce(($3::jsonb ->> 'category_id')::uuid, i.category_id),
    name = coalesce($3::jsonb ->> 'name', i.name),
    description = CASE WHEN $3::jsonb ? 'description' THEN $3::jsonb ->> 'description' ELSE i.description END,
    price = coalesce(($3::jsonb ->> 'price')::bigint, i.price),
    tags = CASE WHEN $3::jsonb ? 'tags' THEN json_texts($3::jsonb -> 'tags') ELSE i.tags END,
    allergens = CASE WHEN $3::jsonb ? 'allergens' THEN json_texts($3::jsonb -> 'allergens') ELSE i.allergens END,
    image_url = CASE WHEN $3::jsonb ? 'image_url' THEN $3::jsonb ->> 'image_url' ELSE i.image_url END,
    is_available = coalesce(($3::jsonb ->> 'is_available')::boolean, i.is_available),
    station = CASE WHEN $3::jsonb ? 'station' THEN $3::jsonb ->> 'station' ELSE i.station END,
    tax_rate_ppm = CASE WHEN $3::jsonb ? 'tax_rate_ppm' THEN ($3::jsonb ->> 'tax_rate_ppm')::integer ELSE i.tax_rate_ppm END,
    position = coalesce(($3::jsonb ->> 'position')::integer, i.position)
WHERE i.restaurant_id = $1 AND i.id = $2
