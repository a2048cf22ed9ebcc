-- orderzapctl cleanup: networks that are no longer to be known. One that somebody holds is
-- left to the next cleanup.
CREATE OR REPLACE FUNCTION public.door_addresses_cleanup(up_to integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  n integer;
BEGIN
  WITH due AS MATERIALIZED (
    SELECT x.restaurant_id, x.door_id, x.address_hash
    FROM public.door_addresses x
    WHERE x.expires_at <= now()
    LIMIT up_to
    FOR UPDATE SKIP LOCKED)
  DELETE FROM public.door_addresses t
  USING due
  WHERE t.restaurant_id = due.restaurant_id AND t.door_id = due.door_id AND t.address_hash = due.address_hash;
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END
$$;
REVOKE ALL ON FUNCTION public.door_addresses_cleanup(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.door_addresses_cleanup(integer) TO orderzap_cleanup;
