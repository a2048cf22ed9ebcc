-- One note of a shift as the API shows it.
CREATE OR REPLACE FUNCTION public.shift_note_json(restaurant uuid, shift_note uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  answer json;
BEGIN
  SELECT json_build_object(
    'id', n.id, 'business_date', n.business_date, 'staff_id', n.staff_id, 'staff_name', s.display_name, 'text', n.note,
    'created_at', public.rfc3339(n.created_at))
  INTO answer
  FROM public.shift_notes n
  JOIN public.staff s ON s.restaurant_id = n.restaurant_id AND s.id = n.staff_id
  WHERE n.restaurant_id = restaurant AND n.id = shift_note;
  RETURN answer;
END
$$;
