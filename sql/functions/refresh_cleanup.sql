-- orderzapctl cleanup: a used token is kept until it would have expired, so that a
-- second use is noticed. Locked ones are left to the next cleanup.
CREATE OR REPLACE FUNCTION public.refresh_cleanup(up_to integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  n integer;
BEGIN
  WITH due AS MATERIALIZED (
    SELECT x.restaurant_id, x.id
    FROM public.refresh_tokens x
    WHERE x.expires_at <= now() - interval '1 day'
    LIMIT up_to
    FOR UPDATE SKIP LOCKED)
  DELETE FROM public.refresh_tokens t
  USING due
  WHERE t.restaurant_id = due.restaurant_id AND t.id = due.id;
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END
$$;
REVOKE ALL ON FUNCTION public.refresh_cleanup(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.refresh_cleanup(integer) TO orderzap_cleanup;
