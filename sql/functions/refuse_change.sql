-- A BEFORE UPDATE OR DELETE trigger for append-only tables.
-- Argument 1: the table's name, for the message.
CREATE OR REPLACE FUNCTION public.refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never changed or deleted', TG_ARGV[0]
    USING ERRCODE = 'OZ001';
END
$$;
