-- The channels of all restaurants that others took the place of a short while ago: a
-- relay ends their streams. Only the owner may read these, hence SECURITY DEFINER.
CREATE OR REPLACE FUNCTION public.relay_closed() RETURNS TABLE (kind text, channel uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  RETURN QUERY SELECT c.kind, c.channel FROM public.closed_channels c;
END
$$;
REVOKE ALL ON FUNCTION public.relay_closed() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.relay_closed() TO orderzap_relay;
