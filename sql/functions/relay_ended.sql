-- The channels of the sessions of all restaurants that ended a short while ago, by the
-- events that said so: a relay ends their streams again, unless they were opened again. ORDER BY makes
-- PostgreSQL use the primary key; a plan made while there were no sessions would read all of a restaurant's.
-- Only the owner may read these, hence SECURITY DEFINER.
CREATE OR REPLACE FUNCTION public.relay_ended() RETURNS TABLE (id uuid, xid xid8, session_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  RETURN QUERY SELECT e.id, e.xid, public.live_channel(e.restaurant_id, e.session_id) FROM public.events e WHERE e.ends_session
    AND NOT EXISTS (
      SELECT FROM (
        SELECT s.id, s.status
        FROM public.sessions s
        WHERE s.restaurant_id = e.restaurant_id AND s.id >= e.session_id
        ORDER BY s.id
        LIMIT 1) x
      WHERE x.id = e.session_id AND x.status = 'active');
END
$$;
REVOKE ALL ON FUNCTION public.relay_ended() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.relay_ended() TO orderzap_relay;
