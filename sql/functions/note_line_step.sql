-- BEFORE UPDATE of a line: when it came to be prepared and to be ready, also where it steps
-- over a status. A step back leaves the times as they are; the next step forwards sets them
-- again.
CREATE OR REPLACE FUNCTION public.note_line_step() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status = 'pending' AND NEW.status IN ('preparing', 'ready', 'served') THEN
    NEW.preparing_at := pg_catalog.now();
  END IF;
  IF OLD.status IN ('pending', 'preparing') AND NEW.status IN ('ready', 'served') THEN
    NEW.ready_at := pg_catalog.now();
  END IF;
  RETURN NEW;
END
$$;
