-- orderzapctl cleanup: sessions past their time; the next guests' session would end
-- them too. Locked ones are left to the next cleanup. This and the other cleanup
-- functions end up to a given number and return how many. They read all restaurants,
-- which only the owner may: hence SECURITY DEFINER, and a role that may only call
-- them.
CREATE OR REPLACE FUNCTION public.sessions_expire(up_to integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  n integer;
BEGIN
  WITH due AS MATERIALIZED (
    SELECT x.restaurant_id, x.id
    FROM public.sessions x
    WHERE x.status = 'active' AND x.expires_at <= now()
    LIMIT up_to
    FOR NO KEY UPDATE SKIP LOCKED)
  UPDATE public.sessions s SET status = 'expired', closed_at = s.expires_at
  FROM due
  WHERE s.restaurant_id = due.restaurant_id AND s.id = due.id;
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END
$$;
REVOKE ALL ON FUNCTION public.sessions_expire(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.sessions_expire(integer) TO orderzap_cleanup;
