-- The restaurants that have something to mirror now. It reads all of them, which
-- only the owner may: hence SECURITY DEFINER. One look-up in the outbox's small
-- partial index for each restaurant in it.
CREATE OR REPLACE FUNCTION public.sync_due() RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  restaurant uuid := '00000000-0000-0000-0000-000000000000';
BEGIN
  LOOP
    SELECT l.restaurant_id INTO restaurant
    FROM public.sync_logs l
    WHERE l.convex_sync_status = 'pending' AND l.restaurant_id > restaurant
    ORDER BY l.restaurant_id
    LIMIT 1;
    EXIT WHEN NOT FOUND;
    IF EXISTS (
      SELECT
      FROM public.sync_logs l
      WHERE l.convex_sync_status = 'pending' AND l.restaurant_id = restaurant AND l.next_attempt_at <= now())
    THEN
      RETURN NEXT restaurant;
    END IF;
  END LOOP;
END
$$;
REVOKE ALL ON FUNCTION public.sync_due() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.sync_due() TO orderzap_sync;
