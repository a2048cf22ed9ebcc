-- The events of transactions from `since` on, of all restaurants: a relay's
-- post goes to each. `sessions`: who besides hears of it, the running sessions
-- of a restaurant whose menu changed. It reads what only the owner may, hence
-- SECURITY DEFINER.
CREATE OR REPLACE FUNCTION public.relay_events(since xid8)
RETURNS TABLE (id uuid, xid xid8, restaurant_id uuid, session_id uuid, sessions text, ends_session boolean, body text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  RETURN QUERY SELECT e.id, e.xid, e.restaurant_id, e.session_id,
         CASE WHEN e.type = 'menu.updated' THEN (
           SELECT string_agg(s.id::text, ',')
           FROM public.sessions s
           WHERE s.restaurant_id = e.restaurant_id AND s.status = 'active' AND s.expires_at > now()) END,
         e.ends_session,
         format('{"id":"%s","type":"%s","restaurant_id":"%s",%s"resource":%s}', e.id, e.type, e.restaurant_id,
                '"session_id":"' || e.session_id || '",', e.resource)
  FROM public.events e
  WHERE e.xid >= since
  ORDER BY e.xid, e.created_at, e.id;
END
$$;
REVOKE ALL ON FUNCTION public.relay_events(xid8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.relay_events(xid8) TO orderzap_relay;
