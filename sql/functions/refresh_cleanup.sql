-- orderzapctl cleanup: a used token is kept until it would have expired, so that a
-- second use is noticed. Locked ones are left to the next cleanup.
CREATE OR REPLACE FUNCTION public.refresh_cleanup(up_to integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  due record;
  n integer := 0;
BEGIN
  FOR due IN
    SELECT x.restaurant_id, x.id
    FROM public.refresh_tokens x
    WHERE x.expires_at > '-infinity' AND x.expires_at <= now() - interval '1 day'
    ORDER BY x.expires_at
    LIMIT up_to
    FOR UPDATE SKIP LOCKED
  LOOP
    DELETE FROM public.refresh_tokens t
    WHERE t.restaurant_id = due.restaurant_id AND t.id = due.id;
    n := n + 1;
  END LOOP;
  RETURN n;
END
$$;
REVOKE ALL ON FUNCTION public.refresh_cleanup(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.refresh_cleanup(integer) TO orderzap_cleanup;
