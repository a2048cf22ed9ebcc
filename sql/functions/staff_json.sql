-- A staff account. Its password is never shown.
CREATE OR REPLACE FUNCTION public.staff_json(restaurant uuid, staff_id uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  answer json;
BEGIN
  SELECT json_build_object(
    'id', s.id, 'email', s.email, 'display_name', s.display_name, 'role', s.role,
    'is_active', s.is_active, 'version', s.version,
    'created_at', public.rfc3339(s.created_at), 'updated_at', public.rfc3339(s.updated_at))
  INTO answer
  FROM public.staff s
  WHERE s.restaurant_id = restaurant AND s.id = staff_json.staff_id;
  RETURN answer;
END
$$;
