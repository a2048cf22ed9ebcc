-- Waits for the documents of all days that are being written, and holds the next ones back (check_day), until the
-- transaction ends. To close a large day takes longer than other statements may.
CREATE OR REPLACE FUNCTION public.day_lock(restaurant uuid) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('day ' || restaurant, 0));
  EXECUTE 'SET LOCAL statement_timeout = ''60s''';
END
$$;
