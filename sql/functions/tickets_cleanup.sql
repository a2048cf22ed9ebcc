-- orderzapctl cleanup: expired tickets for live events. Locked ones are left to the
-- next cleanup.
CREATE OR REPLACE FUNCTION public.tickets_cleanup(up_to integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  due record;
  n integer := 0;
BEGIN
  FOR due IN
    SELECT x.restaurant_id, x.ticket_hash
    FROM public.event_tickets x
    WHERE x.expires_at > '-infinity' AND x.expires_at < now()
    ORDER BY x.expires_at
    LIMIT up_to
    FOR UPDATE SKIP LOCKED
  LOOP
    DELETE FROM public.event_tickets t
    WHERE t.restaurant_id = due.restaurant_id AND t.ticket_hash = due.ticket_hash;
    n := n + 1;
  END LOOP;
  RETURN n;
END
$$;
REVOKE ALL ON FUNCTION public.tickets_cleanup(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.tickets_cleanup(integer) TO orderzap_cleanup;
