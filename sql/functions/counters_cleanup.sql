-- orderzapctl cleanup: order counters of days over a year ago. Locked ones are
-- left to the next cleanup.
CREATE OR REPLACE FUNCTION public.counters_cleanup(up_to integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  due record;
  n integer := 0;
BEGIN
  FOR due IN
    SELECT x.restaurant_id, x.business_date
    FROM public.order_counters x
    WHERE x.business_date > '-infinity' AND x.business_date < current_date - 400
    ORDER BY x.business_date
    LIMIT up_to
    FOR UPDATE SKIP LOCKED
  LOOP
    DELETE FROM public.order_counters c
    WHERE c.restaurant_id = due.restaurant_id AND c.business_date = due.business_date;
    n := n + 1;
  END LOOP;
  RETURN n;
END
$$;
REVOKE ALL ON FUNCTION public.counters_cleanup(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.counters_cleanup(integer) TO orderzap_cleanup;
