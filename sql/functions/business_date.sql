-- The business day of a moment: the day whose `day_start` was the last to be reached on the
-- restaurant's clocks. Where clocks are put back, a start that was reached is not taken back
-- when the hour comes again, so that a later moment is never on an earlier day; where they
-- are put forward over a start, it is reached then. One expression, which PostgreSQL inlines,
-- and short, since each order prepares it: the local date less the start. Where clocks were put
-- back within the last four hours, business_date_put_back looks closer.
CREATE OR REPLACE FUNCTION public.business_date(t timestamptz, timezone text, day_start time) RETURNS date
LANGUAGE sql STABLE AS $$
  SELECT CASE
    WHEN ((t - interval '4 hours') AT TIME ZONE timezone) + interval '4 hours' <= t AT TIME ZONE timezone
      THEN ((t AT TIME ZONE timezone) - day_start::interval)::date
    ELSE public.business_date_put_back(t, timezone, day_start) END
$$;
