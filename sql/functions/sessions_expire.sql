-- orderzapctl cleanup: sessions past their time that are settled; the next guests' session would end
-- them too. Locked ones are left to the next cleanup. This and the other cleanup
-- functions end up to a given number and return how many. They read all restaurants,
-- which only the owner may: hence SECURITY DEFINER, and a role that may only call
-- them. '-infinity' and ORDER BY: by an index of their own, which finds only what is
-- due. One by one: each is found by its key, whatever the statistics say, and what is due
-- of it is asked again once it is locked.
CREATE OR REPLACE FUNCTION public.sessions_expire(up_to integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  due record;
  n integer := 0;
BEGIN
  FOR due IN
    SELECT x.restaurant_id, x.id
    FROM public.sessions x
    WHERE x.status = 'active' AND x.expires_at > '-infinity' AND x.expires_at <= now()
      AND NOT public.session_owes(x.restaurant_id, x.id)
    ORDER BY x.expires_at
    LIMIT up_to
    FOR NO KEY UPDATE SKIP LOCKED
  LOOP
    UPDATE public.sessions s SET status = 'expired', closed_at = s.expires_at
    WHERE s.restaurant_id = due.restaurant_id AND s.id = due.id AND NOT public.session_owes(s.restaurant_id, s.id);
    IF FOUND THEN
      n := n + 1;
    END IF;
  END LOOP;
  RETURN n;
END
$$;
REVOKE ALL ON FUNCTION public.sessions_expire(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.sessions_expire(integer) TO orderzap_cleanup;
