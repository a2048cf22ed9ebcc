-- The whole menu of a restaurant, nested, as guests read it.
CREATE OR REPLACE FUNCTION public.menu_json(restaurant uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  answer json;
BEGIN
  SELECT json_build_object(
    'restaurant', json_build_object(
      'id', r.id, 'slug', r.slug, 'name', r.name, 'currency', r.currency,
      'timezone', r.timezone, 'is_open', r.is_open, 'tax_rate_ppm', r.tax_rate_ppm,
      'prices_include_tax', r.prices_include_tax, 'pin_length', r.pin_length,
      'session_opening', r.session_opening),
    'menu_version', r.menu_version,
    'categories', (
      SELECT coalesce(json_agg(json_build_object(
          'id', c.id, 'name', c.name, 'description', c.description, 'position', c.position,
          'items', (
            SELECT coalesce(json_agg(json_build_object(
                'id', i.id, 'name', i.name, 'description', i.description, 'price', i.price,
                'tags', i.tags, 'allergens', i.allergens, 'image_url', i.image_url,
                'is_available', i.is_available, 'station', i.station,
                'tax_rate_ppm', coalesce(i.tax_rate_ppm, r.tax_rate_ppm), 'position', i.position,
                'options', (
                  SELECT coalesce(json_agg(json_build_object(
                      'id', p.id, 'name', p.name, 'min_select', p.min_select,
                      'max_select', p.max_select, 'position', p.position,
                      'values', (
                        SELECT coalesce(json_agg(json_build_object(
                            'id', v.id, 'name', v.name, 'price_modifier', v.price_modifier,
                            'is_default', v.is_default, 'is_available', v.is_available,
                            'position', v.position) ORDER BY v.position, v.id), '[]'::json)
                        FROM public.menu_item_option_values v
                        WHERE v.restaurant_id = restaurant AND v.option_id = p.id
                          AND v.deleted_at IS NULL)
                    ) ORDER BY p.position, p.id), '[]'::json)
                  FROM public.menu_item_options p
                  WHERE p.restaurant_id = restaurant AND p.menu_item_id = i.id
                    AND p.deleted_at IS NULL)
              ) ORDER BY i.position, i.id), '[]'::json)
            FROM public.menu_items i
            WHERE i.restaurant_id = restaurant AND i.category_id = c.id AND i.deleted_at IS NULL)
        ) ORDER BY c.position, c.id), '[]'::json)
      FROM public.menu_categories c
      WHERE c.restaurant_id = restaurant AND c.deleted_at IS NULL))
  INTO answer
  FROM public.restaurants r
  WHERE r.id = restaurant;
  RETURN answer;
END
$$;
