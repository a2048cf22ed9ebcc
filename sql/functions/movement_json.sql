-- Money put into a drawer or taken out of it, as the API shows it.
CREATE OR REPLACE FUNCTION public.movement_json(restaurant uuid, movement uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  answer json;
BEGIN
  SELECT json_build_object(
    'id', m.id, 'drawer_id', m.drawer_id, 'amount', m.amount, 'reason', m.reason, 'staff_id', m.staff_id,
    'staff_name', s.display_name, 'business_date', m.business_date, 'created_at', public.rfc3339(m.created_at))
  INTO answer
  FROM public.drawer_movements m
  JOIN public.staff s ON s.restaurant_id = m.restaurant_id AND s.id = m.staff_id
  WHERE m.restaurant_id = restaurant AND m.id = movement;
  RETURN answer;
END
$$;
