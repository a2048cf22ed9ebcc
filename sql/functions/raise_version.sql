-- BEFORE UPDATE: the row's version counts its changes; nobody sets it.
CREATE OR REPLACE FUNCTION public.raise_version() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.version := OLD.version + 1;
  NEW.updated_at := pg_catalog.now();
  RETURN NEW;
END
$$;
