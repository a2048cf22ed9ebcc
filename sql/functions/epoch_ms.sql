-- A time as the mirror stores it: milliseconds since 1970.
CREATE OR REPLACE FUNCTION public.epoch_ms(t timestamptz) RETURNS bigint
LANGUAGE sql STABLE AS $$
  SELECT floor(extract(epoch FROM t) * 1000)::bigint
$$;
