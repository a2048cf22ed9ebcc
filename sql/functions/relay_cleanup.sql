-- Events that every relay has had time for. One that was away for longer has
-- missed them, and its listeners begin with a snapshot.
CREATE OR REPLACE FUNCTION public.relay_cleanup() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  DELETE FROM public.events e WHERE e.created_at < now() - interval '2 minutes';
END
$$;
REVOKE ALL ON FUNCTION public.relay_cleanup() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.relay_cleanup() TO orderzap_relay;
