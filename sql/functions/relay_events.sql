-- The events of transactions from `since` on, and of those `running` before it
-- when the relay last looked, of all restaurants, which a relay posts. `sessions`:
-- who also gets it, the active sessions of a restaurant whose menu changed. Restaurants
-- and sessions are named by their channels, as live_channel() says, but looked up here: each order
-- makes an event. Only the owner may read these, hence SECURITY DEFINER. OFFSET 0: each is looked up
-- by itself.
CREATE OR REPLACE FUNCTION public.relay_events(since xid8, running xid8[])
RETURNS TABLE (id uuid, xid xid8, restaurant_id uuid, session_id uuid, sessions text, ends_session boolean, body text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  RETURN QUERY SELECT e.id, e.xid,
         coalesce((SELECT c.channel FROM public.live_channels c
                   WHERE c.restaurant_id = e.restaurant_id AND c.scope_id = e.restaurant_id), e.restaurant_id),
         coalesce((SELECT c.channel FROM public.live_channels c
                   WHERE c.restaurant_id = e.restaurant_id AND c.scope_id = e.session_id), e.session_id),
         CASE WHEN e.type = 'menu.updated' THEN (
           SELECT string_agg(public.live_channel(s.restaurant_id, s.id)::text, ',')
           FROM public.sessions s
           WHERE s.restaurant_id = e.restaurant_id AND s.status = 'active'
             AND (s.expires_at > now() OR public.session_owes(s.restaurant_id, s.id))) END,
         e.ends_session,
         format('{"id":"%s","type":"%s","restaurant_id":"%s",%s"resource":%s}', e.id, e.type, e.restaurant_id,
                '"session_id":"' || e.session_id || '",', e.resource)
  FROM (
    SELECT n.id, n.xid, n.restaurant_id, n.session_id, n.type, n.ends_session, n.resource, n.created_at
    FROM public.events n WHERE n.xid >= since
    UNION ALL
    SELECT r.id, r.xid, r.restaurant_id, r.session_id, r.type, r.ends_session, r.resource, r.created_at
    FROM unnest(running) AS k (xid)
    CROSS JOIN LATERAL (
      SELECT v.id, v.xid, v.restaurant_id, v.session_id, v.type, v.ends_session, v.resource, v.created_at
      FROM public.events v
      WHERE v.xid = k.xid AND v.xid < since
      OFFSET 0) r) e
  ORDER BY e.xid, e.created_at, e.id;
END
$$;
REVOKE ALL ON FUNCTION public.relay_events(xid8, xid8[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.relay_events(xid8, xid8[]) TO orderzap_relay;
