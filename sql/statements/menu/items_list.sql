-- A page of the items, in the order in which they were made.
SELECT json_build_object(
  'data', coalesce(json_agg(p.shown ORDER BY p.place) FILTER (WHERE p.place <= $2::integer), '[]'::json),
  'next_cursor', max(p.id::text) FILTER (WHERE p.place = $2::integer AND p.found > $2::integer)) AS answer
FROM (
  SELECT f.id, f.shown, row_number() OVER (ORDER BY f.id) AS place, count(*) OVER () AS found
  FROM (
    SELECT i.id, json_build_object(
    'id', i.id, 'category_id', i.category_id, 'name', i.name, 'description', i.description,
    'price', i.price, 'tags', i.tags, 'allergens', i.allergens, 'image_url', i.image_url,
    'is_available', i.is_available, 'station', i.station, 'tax_rate_ppm', i.tax_rate_ppm,
    'position', i.position, 'version', i.version,
    'created_at', rfc3339(i.created_at), 'updated_at', rfc3339(i.updated_at),
    'options', (
      SELECT coalesce(json_agg(option_json(p.restaurant_id, p.id) ORDER BY p.position, p.id), '[]'::json)
      FROM menu_item_options p
      WHERE p.restaurant_id = $1 AND p.menu_item_id = i.id AND p.deleted_at IS NULL)) AS shown
    FROM menu_items i
    WHERE i.restaurant_id = $1 AND i.deleted_at IS NULL
      AND ($4::uuid IS NULL OR i.category_id = $4)
      AND ($5::boolean IS NULL OR i.is_available = $5)
      AND i.id > coalesce($3::uuid, '00000000-0000-0000-0000-000000000000')
    ORDER BY i.id
    LIMIT $2::integer + 1) f) p
