-- An item of the menu as its managers see it: every column of the row is a field, so a
-- new column is shown without a change here.
CREATE OR REPLACE FUNCTION public.item_json(restaurant uuid, item_id uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  answer jsonb;
BEGIN
  SELECT to_jsonb(i) - ARRAY['restaurant_id', 'deleted_at'] || jsonb_build_object(
    'created_at', public.rfc3339(i.created_at), 'updated_at', public.rfc3339(i.updated_at),
    'options', (
      SELECT coalesce(jsonb_agg(public.option_json(p.restaurant_id, p.id) ORDER BY p.position, p.id), '[]'::jsonb)
      FROM public.menu_item_options p
      WHERE p.restaurant_id = restaurant AND p.menu_item_id = i.id AND p.deleted_at IS NULL))
  INTO answer
  FROM public.menu_items i
  WHERE i.restaurant_id = restaurant AND i.id = item_json.item_id;
  RETURN answer;
END
$$;
