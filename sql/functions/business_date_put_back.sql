-- business_date of a moment that clocks were put back before: already the next day, if its start had
-- been reached by the offset of four hours ago.
CREATE OR REPLACE FUNCTION public.business_date_put_back(t timestamptz, timezone text, day_start time) RETURNS date
LANGUAGE plpgsql STABLE AS $$
DECLARE
  day date := ((t AT TIME ZONE timezone) - day_start::interval)::date;
  next_start timestamp := day + 1 + day_start;
  by_old_offset timestamp := ((t - interval '4 hours') AT TIME ZONE timezone) + interval '4 hours';
BEGIN
  IF by_old_offset >= next_start AND (t - (by_old_offset - next_start)) AT TIME ZONE timezone = next_start THEN
    RETURN day + 1;
  END IF;
  RETURN day;
END
$$;
