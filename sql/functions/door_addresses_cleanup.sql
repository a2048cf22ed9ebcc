-- orderzapctl cleanup: networks that are no longer to be known. One that somebody holds is
-- left to the next cleanup.
CREATE OR REPLACE FUNCTION public.door_addresses_cleanup(up_to integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  due record;
  n integer := 0;
BEGIN
  FOR due IN
    SELECT x.restaurant_id, x.door_id, x.address_hash
    FROM public.door_addresses x
    WHERE x.expires_at > '-infinity' AND x.expires_at <= now()
    ORDER BY x.expires_at
    LIMIT up_to
    FOR UPDATE SKIP LOCKED
  LOOP
    DELETE FROM public.door_addresses d
    WHERE d.restaurant_id = due.restaurant_id AND d.door_id = due.door_id AND d.address_hash = due.address_hash;
    n := n + 1;
  END LOOP;
  RETURN n;
END
$$;
REVOKE ALL ON FUNCTION public.door_addresses_cleanup(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.door_addresses_cleanup(integer) TO orderzap_cleanup;
