-- orderzapctl cleanup: idempotency keys that clients no longer repeat. Locked
-- ones are left to the next cleanup.
CREATE OR REPLACE FUNCTION public.idempotency_cleanup(up_to integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  due record;
  n integer := 0;
BEGIN
  FOR due IN
    SELECT x.restaurant_id, x.caller, x.key
    FROM public.idempotency_keys x
    WHERE x.created_at > '-infinity' AND x.created_at <= now() - interval '24 hours'
    ORDER BY x.created_at
    LIMIT up_to
    FOR UPDATE SKIP LOCKED
  LOOP
    DELETE FROM public.idempotency_keys k
    WHERE k.restaurant_id = due.restaurant_id AND k.caller = due.caller AND k.key = due.key;
    n := n + 1;
  END LOOP;
  RETURN n;
END
$$;
REVOKE ALL ON FUNCTION public.idempotency_cleanup(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.idempotency_cleanup(integer) TO orderzap_cleanup;
