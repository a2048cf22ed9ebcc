-- A category of the menu as its managers see it.
CREATE OR REPLACE FUNCTION public.category_json(restaurant uuid, category_id uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  answer json;
BEGIN
  SELECT json_build_object(
    'id', c.id, 'name', c.name, 'description', c.description, 'position', c.position,
    'version', c.version, 'created_at', public.rfc3339(c.created_at), 'updated_at', public.rfc3339(c.updated_at))
  INTO answer
  FROM public.menu_categories c
  WHERE c.restaurant_id = restaurant AND c.id = category_json.category_id;
  RETURN answer;
END
$$;
