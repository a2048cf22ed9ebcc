-- Removes events and closed channels that every relay has had time to read. A relay that was away for
-- longer has missed them, and its listeners begin with a snapshot. Only the oldest
-- are looked at, by their transactions, not those that are kept; one by one, so
-- that each is found by its key, whenever this was planned.
CREATE OR REPLACE FUNCTION public.relay_cleanup() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  oldest record;
  any_old boolean := true;
BEGIN
  WHILE any_old LOOP
    any_old := false;
    FOR oldest IN SELECT e.restaurant_id, e.id, e.created_at FROM public.events e ORDER BY e.xid LIMIT 100 LOOP
      CONTINUE WHEN oldest.created_at >= now() - interval '2 minutes';
      DELETE FROM public.events e WHERE e.restaurant_id = oldest.restaurant_id AND e.id = oldest.id;
      any_old := true;
    END LOOP;
  END LOOP;
  DELETE FROM public.closed_channels c WHERE c.closed_at < now() - interval '2 minutes';
END
$$;
REVOKE ALL ON FUNCTION public.relay_cleanup() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.relay_cleanup() TO orderzap_relay;
