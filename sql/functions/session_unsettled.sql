-- A session as day_unsettled lists it, if it is of the day or an earlier one and open or unsettled; else NULL.
CREATE OR REPLACE FUNCTION public.session_unsettled(restaurant uuid, session uuid, day date) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  s record;
BEGIN
  SELECT x.id, x.table_id, t.name AS table_name, x.status, x.expires_at, d.due, d.credit,
    public.business_date(x.created_at, r.timezone, r.business_day_start) AS opened
  INTO s
  FROM public.sessions x
  JOIN public.tables t ON t.restaurant_id = x.restaurant_id AND t.id = x.table_id
  JOIN public.restaurants r ON r.id = x.restaurant_id
  CROSS JOIN LATERAL public.session_due(x.restaurant_id, x.id) d
  WHERE x.restaurant_id = restaurant AND x.id = session;
  IF s.id IS NULL OR NOT (s.due > 0 OR s.credit > 0 OR s.status = 'active' AND s.expires_at > now()) THEN
    RETURN NULL;
  END IF;
  IF coalesce(public.session_day(restaurant, session), s.opened) > day THEN
    RETURN NULL;
  END IF;
  RETURN json_build_object('id', s.id, 'table_id', s.table_id, 'table_name', s.table_name, 'status', s.status, 'due', s.due, 'credit', s.credit);
END
$$;
