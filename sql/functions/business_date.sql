-- The business day of a moment: the day whose `day_start` was the last to be reached on the
-- restaurant's clocks. Where clocks are put back, a start that was reached is not taken back
-- when the hour comes again, so that a later moment is never on an earlier day; where they
-- are put forward over a start, it is reached then. One expression, which PostgreSQL inlines:
-- the local date less the start, and the next day if clocks were put back within the last four
-- hours and the next day's start had been reached before, by the offset of four hours ago.
CREATE OR REPLACE FUNCTION public.business_date(t timestamptz, timezone text, day_start time) RETURNS date
LANGUAGE sql STABLE AS $$
  SELECT ((t AT TIME ZONE timezone) - day_start::interval)::date + CASE
    WHEN ((t - interval '4 hours') AT TIME ZONE timezone) + interval '4 hours' <= t AT TIME ZONE timezone THEN 0
    WHEN ((t - interval '4 hours') AT TIME ZONE timezone) + interval '4 hours'
         < ((t AT TIME ZONE timezone) - day_start::interval)::date + 1 + day_start THEN 0
    WHEN (t - (((t - interval '4 hours') AT TIME ZONE timezone) + interval '4 hours'
               - (((t AT TIME ZONE timezone) - day_start::interval)::date + 1 + day_start))) AT TIME ZONE timezone
         = ((t AT TIME ZONE timezone) - day_start::interval)::date + 1 + day_start THEN 1
    ELSE 0 END
$$;
