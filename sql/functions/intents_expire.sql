-- orderzapctl cleanup: online payments that were begun but not heard of again. Locked
-- ones are left to the next cleanup.
CREATE OR REPLACE FUNCTION public.intents_expire(up_to integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  due record;
  n integer := 0;
BEGIN
  FOR due IN
    SELECT x.restaurant_id, x.id
    FROM public.payment_intents x
    WHERE x.status = 'pending' AND x.expires_at > '-infinity' AND x.expires_at <= now()
    ORDER BY x.expires_at
    LIMIT up_to
    FOR NO KEY UPDATE SKIP LOCKED
  LOOP
    UPDATE public.payment_intents i SET status = 'expired'
    WHERE i.restaurant_id = due.restaurant_id AND i.id = due.id;
    n := n + 1;
  END LOOP;
  RETURN n;
END
$$;
REVOKE ALL ON FUNCTION public.intents_expire(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.intents_expire(integer) TO orderzap_cleanup;
