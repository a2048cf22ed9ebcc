-- orderzapctl cleanup: rows that the mirror has had for a day; rows that are being
-- changed are not waited for.
CREATE OR REPLACE FUNCTION public.outbox_cleanup(up_to integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  due record;
  n integer := 0;
BEGIN
  FOR due IN
    SELECT x.restaurant_id, x.entity_type, x.entity_id
    FROM public.sync_logs x
    WHERE x.convex_sync_status = 'synced' AND x.last_sync_at > '-infinity' AND x.last_sync_at < now() - interval '1 day'
    ORDER BY x.last_sync_at
    LIMIT up_to
    FOR UPDATE SKIP LOCKED
  LOOP
    DELETE FROM public.sync_logs l
    WHERE l.restaurant_id = due.restaurant_id AND l.entity_type = due.entity_type AND l.entity_id = due.entity_id;
    n := n + 1;
  END LOOP;
  RETURN n;
END
$$;
REVOKE ALL ON FUNCTION public.outbox_cleanup(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.outbox_cleanup(integer) TO orderzap_cleanup;
