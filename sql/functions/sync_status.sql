-- The mirror's state over all restaurants: only counts and times. SECURITY DEFINER,
-- since only the owner reads all restaurants.
CREATE OR REPLACE FUNCTION public.sync_status(
  OUT pending bigint, OUT oldest_seconds bigint, OUT dead bigint, OUT last_success_at timestamptz,
  OUT halted_because text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  SELECT count(*), floor(extract(epoch FROM now() - min(least(l.pending_since, now()))))::bigint
  INTO pending, oldest_seconds
  FROM public.sync_logs l
  WHERE l.convex_sync_status = 'pending';
  SELECT count(*) INTO dead FROM public.sync_logs l WHERE l.convex_sync_status = 'dead';
  SELECT s.last_success_at, s.halted_because
  INTO last_success_at, halted_because
  FROM public.sync_state s
  WHERE s.name = 'convex';
END
$$;
REVOKE ALL ON FUNCTION public.sync_status() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.sync_status() TO orderzap_sync, orderzap_app;
