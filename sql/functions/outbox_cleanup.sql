-- orderzapctl cleanup: rows that the mirror has had for a day; rows that are being
-- changed are not waited for.
CREATE OR REPLACE FUNCTION public.outbox_cleanup(up_to integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  n integer;
BEGIN
  WITH due AS MATERIALIZED (
    SELECT l.restaurant_id, l.entity_type, l.entity_id
    FROM public.sync_logs l
    WHERE l.convex_sync_status = 'synced' AND l.last_sync_at < now() - interval '1 day'
    LIMIT up_to
    FOR UPDATE SKIP LOCKED)
  DELETE FROM public.sync_logs d
  USING due
  WHERE d.restaurant_id = due.restaurant_id AND d.entity_type = due.entity_type AND d.entity_id = due.entity_id;
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END
$$;
REVOKE ALL ON FUNCTION public.outbox_cleanup(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.outbox_cleanup(integer) TO orderzap_cleanup;
