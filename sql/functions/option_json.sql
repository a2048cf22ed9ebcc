-- One option of a menu item with its values, as the menu's managers see it.
CREATE OR REPLACE FUNCTION public.option_json(restaurant uuid, option_id uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  answer json;
BEGIN
  SELECT json_build_object(
    'id', p.id, 'menu_item_id', p.menu_item_id, 'name', p.name, 'min_select', p.min_select,
    'max_select', p.max_select, 'allow_repeat', p.allow_repeat, 'position', p.position, 'version', p.version,
    'values', (
      SELECT coalesce(json_agg(json_build_object(
          'id', v.id, 'name', v.name, 'price_modifier', v.price_modifier,
          'is_default', v.is_default, 'is_available', v.is_available,
          'position', v.position) ORDER BY v.position, v.id), '[]'::json)
      FROM public.menu_item_option_values v
      WHERE v.restaurant_id = restaurant AND v.option_id = p.id AND v.deleted_at IS NULL))
  INTO answer
  FROM public.menu_item_options p
  WHERE p.restaurant_id = restaurant AND p.id = option_json.option_id;
  RETURN answer;
END
$$;
