-- Events that every relay has had time for. One that was away for longer has
-- missed them, and its listeners begin with a snapshot. The oldest are looked at,
-- by their transactions, and not those that are kept.
CREATE OR REPLACE FUNCTION public.relay_cleanup() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  LOOP
    DELETE FROM public.events e
    USING (SELECT x.restaurant_id, x.id, x.created_at FROM public.events x ORDER BY x.xid LIMIT 100) o
    WHERE e.restaurant_id = o.restaurant_id AND e.id = o.id AND o.created_at < now() - interval '2 minutes';
    EXIT WHEN NOT FOUND;
  END LOOP;
END
$$;
REVOKE ALL ON FUNCTION public.relay_cleanup() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.relay_cleanup() TO orderzap_relay;
