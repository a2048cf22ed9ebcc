-- The sessions that ended a short while ago, of all restaurants, by the events
-- that said so: a relay ends their streams again. It reads what only the owner
-- may, hence SECURITY DEFINER.
CREATE OR REPLACE FUNCTION public.relay_ended() RETURNS TABLE (id uuid, xid xid8, session_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  RETURN QUERY SELECT e.id, e.xid, e.session_id FROM public.events e WHERE e.ends_session;
END
$$;
REVOKE ALL ON FUNCTION public.relay_ended() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.relay_ended() TO orderzap_relay;
