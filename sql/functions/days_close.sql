-- orderzapctl cleanup: closes one business day that nobody closed in time, and returns whether there was
-- one. One at a time, since its restaurant's documents wait for that; see sessions_expire.
CREATE OR REPLACE FUNCTION public.days_close(up_to integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  due record;
  day date;
  n integer := 0;
BEGIN
  FOR due IN
    SELECT r.id, r.timezone, r.business_day_start, r.day_close_hours
    FROM public.restaurants r
    WHERE r.day_close_hours IS NOT NULL AND (r.closed_through IS NULL OR r.closed_through < current_date)
    ORDER BY r.id
  LOOP
    day := public.day_first_open(due.id);
    CONTINUE WHEN day IS NULL OR now() < ((day + 1 + due.business_day_start) AT TIME ZONE due.timezone) + make_interval(hours => due.day_close_hours);
    BEGIN
      PERFORM public.day_lock(due.id);
      IF day = public.day_first_open(due.id) THEN
        PERFORM public.close_day(due.id, day, NULL, (
          SELECT json_array_length(u.session_list) + json_array_length(u.order_list) + json_array_length(u.drawer_list) > 0 FROM public.day_unsettled(due.id, day) u));
        n := n + 1;
      END IF;
    EXCEPTION WHEN OTHERS THEN -- the other restaurants' days are closed all the same
      RAISE WARNING 'restaurant %, business day %: %', due.id, day, SQLERRM;
    END;
    EXIT WHEN n >= up_to;
  END LOOP;
  RETURN n;
END
$$;
REVOKE ALL ON FUNCTION public.days_close(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.days_close(integer) TO orderzap_cleanup;
