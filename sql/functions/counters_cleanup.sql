-- orderzapctl cleanup: order counters of days over a year ago. Locked ones are
-- left to the next cleanup.
CREATE OR REPLACE FUNCTION public.counters_cleanup(up_to integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  n integer;
BEGIN
  WITH due AS MATERIALIZED (
    SELECT x.restaurant_id, x.business_date
    FROM public.order_counters x
    WHERE x.business_date < current_date - 400
    LIMIT up_to
    FOR UPDATE SKIP LOCKED)
  DELETE FROM public.order_counters c
  USING due
  WHERE c.restaurant_id = due.restaurant_id AND c.business_date = due.business_date;
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END
$$;
REVOKE ALL ON FUNCTION public.counters_cleanup(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.counters_cleanup(integer) TO orderzap_cleanup;
