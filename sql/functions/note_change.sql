-- BEFORE UPDATE: records which transaction changed the row.
CREATE OR REPLACE FUNCTION public.note_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.changed_xid := pg_catalog.pg_current_xact_id();
  RETURN NEW;
END
$$;
