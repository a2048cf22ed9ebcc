-- The running sessions of a restaurant, which hear of its menu, too.
CREATE OR REPLACE FUNCTION public.relay_sessions(restaurant uuid) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  RETURN QUERY SELECT s.id
  FROM public.sessions s
  WHERE s.restaurant_id = restaurant AND s.status = 'active' AND s.expires_at > now();
END
$$;
REVOKE ALL ON FUNCTION public.relay_sessions(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.relay_sessions(uuid) TO orderzap_relay;
