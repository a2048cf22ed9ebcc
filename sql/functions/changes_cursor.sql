-- The cursor behind what the current snapshot shows: no transaction that it
-- does not show has a lower number.
CREATE OR REPLACE FUNCTION public.changes_cursor() RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot()) || '-'
         || floor(extract(epoch FROM pg_catalog.now()))::bigint
$$;
