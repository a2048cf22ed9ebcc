-- BEFORE INSERT of a document, and UPDATE of what its day's figures count: its business day is open, and
-- stays so until the transaction ends. close_day() takes the same lock alone. Each query here sees what
-- was committed before it, so a day that was closed while this waited is found closed.
-- Argument 1: the column that has the day, if it is not business_date.
CREATE OR REPLACE FUNCTION public.check_day() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  day date := CASE WHEN TG_NARGS = 0 THEN NEW.business_date ELSE (pg_catalog.to_jsonb(NEW) ->> TG_ARGV[0])::date END;
BEGIN
  PERFORM pg_catalog.pg_advisory_xact_lock_shared(pg_catalog.hashtextextended('day ' || NEW.restaurant_id, 0));
  IF EXISTS (
      SELECT FROM public.restaurants r
      WHERE r.id = NEW.restaurant_id AND r.closed_through >= day) THEN
    RAISE EXCEPTION 'business day % is closed', day USING ERRCODE = 'OZ002';
  END IF;
  RETURN NEW;
END
$$;
