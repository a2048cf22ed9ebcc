-- The sales of a closed day in one way to cut them, for its Z report. The key is null for what has none.
CREATE OR REPLACE FUNCTION public.day_cut_json(restaurant uuid, day date, which text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT coalesce(json_agg(json_build_object(
        'key', nullif(s.key, ''), 'name', w.display_name,
        'sales', to_jsonb(s) - '{restaurant_id,business_date,cut,key}'::text[]) ORDER BY s.key), '[]'::json)
    FROM public.day_sales s
    LEFT JOIN public.staff w ON w.restaurant_id = restaurant AND w.id = CASE which WHEN 'staff' THEN nullif(s.key, '')::uuid END
    WHERE s.restaurant_id = restaurant AND s.business_date = day AND s.cut = which);
END
$$;
