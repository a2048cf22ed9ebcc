-- Sets the tenant of the current transaction. By EXECUTE of a SET, not
-- set_config(): only a SET reaches the nodes of a distributed installation.
CREATE OR REPLACE FUNCTION public.set_tenant(restaurant uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('SET LOCAL orderzap.restaurant_id = %L', restaurant);
END
$$;
