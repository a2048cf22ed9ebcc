-- A BEFORE UPDATE trigger: only the named columns may change.
-- Argument 1: the table's name, for the message; the others: the columns
-- that may change.
CREATE OR REPLACE FUNCTION public.guard_columns() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  free text[] := TG_ARGV[1:];
BEGIN
  IF (pg_catalog.to_jsonb(NEW) - free) IS DISTINCT FROM (pg_catalog.to_jsonb(OLD) - free) THEN
    RAISE EXCEPTION 'rows of % are immutable except for: %', TG_ARGV[0], pg_catalog.array_to_string(free, ', ')
      USING ERRCODE = 'OZ001';
  END IF;
  RETURN NEW;
END
$$;
