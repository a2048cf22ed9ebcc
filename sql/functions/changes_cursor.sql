-- The cursor after what the current snapshot shows of a restaurant: no change
-- that it does not show has a lower number. A crash frees the numbers of
-- transactions that were rolled back, and others get them; those of committed
-- ones stay. Hence the cursor is just after the last change shown, or at the
-- oldest transaction that still runs, if that is lower.
CREATE OR REPLACE FUNCTION public.changes_cursor(restaurant uuid) RETURNS text
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN least(pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::text::bigint,
               1 + greatest(
                 (SELECT o.changed_xid::text::bigint FROM public.orders o WHERE o.restaurant_id = restaurant
                  ORDER BY o.changed_xid DESC LIMIT 1),
                 (SELECT s.changed_xid::text::bigint FROM public.sessions s WHERE s.restaurant_id = restaurant
                  ORDER BY s.changed_xid DESC LIMIT 1),
                 (SELECT c.changed_xid::text::bigint FROM public.service_calls c WHERE c.restaurant_id = restaurant
                  ORDER BY c.changed_xid DESC LIMIT 1)))
         || '-' || floor(extract(epoch FROM pg_catalog.now()))::bigint;
END
$$;
