-- BEFORE UPDATE OF closed_through: a closed day is never opened again.
CREATE OR REPLACE FUNCTION public.check_closed_through() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.closed_through IS NULL AND OLD.closed_through IS NOT NULL OR NEW.closed_through < OLD.closed_through THEN
    RAISE EXCEPTION 'business day % is closed', OLD.closed_through USING ERRCODE = 'OZ002';
  END IF;
  RETURN NEW;
END
$$;
