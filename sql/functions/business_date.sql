-- The business day of a moment: the local date, beginning at `day_start`. When
-- clocks change, the day is an hour shorter or longer.
CREATE OR REPLACE FUNCTION public.business_date(t timestamptz, timezone text, day_start time) RETURNS date
LANGUAGE sql STABLE AS $$
  SELECT ((t AT TIME ZONE timezone) - day_start::interval)::date
$$;
