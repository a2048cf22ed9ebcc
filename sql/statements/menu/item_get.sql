SELECT json_build_object(
    'id', i.id, 'category_id', i.category_id, 'name', i.name, 'description', i.description,
    'price', i.price, 'tags', i.tags, 'allergens', i.allergens, 'image_url', i.image_url,
    'is_available', i.is_available, 'station', i.station, 'tax_rate_ppm', i.tax_rate_ppm,
    'position', i.position, 'version', i.version,
    'created_at', rfc3339(i.created_at), 'updated_at', rfc3339(i.updated_at),
    'options', (
      SELECT coalesce(json_agg(option_json(p.restaurant_id, p.id) ORDER BY p.position, p.id), '[]'::json)
      FROM menu_item_options p
      WHERE p.restaurant_id = $1 AND p.menu_item_id = i.id AND p.deleted_at IS NULL)) AS answer,
  i.version
FROM menu_items i
WHERE i.restaurant_id = $1 AND i.id = $2 AND i.deleted_at IS NULL
