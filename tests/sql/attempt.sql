-- What a statement comes to as a role with A as its tenant: the rows touched
-- or the SQLSTATE. Nothing stays.
CREATE FUNCTION tap.attempt(role text, statement text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  restaurant uuid := tap.id('A', 'restaurant');
  touched bigint;
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', role);
  PERFORM public.set_tenant(restaurant);
  EXECUTE statement;
  GET DIAGNOSTICS touched = ROW_COUNT;
  RAISE EXCEPTION USING ERRCODE = 'TAP00', MESSAGE = touched || ' rows';
EXCEPTION
  WHEN SQLSTATE 'TAP00' THEN RETURN SQLERRM;
  WHEN OTHERS THEN RETURN SQLSTATE;
END
$$;
