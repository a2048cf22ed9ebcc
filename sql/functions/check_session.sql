-- BEFORE INSERT, and UPDATE of these columns: what a session's status may be, that only an
-- active one has no end, and how many guests there can be. A trigger, and no CHECK: PostgreSQL would read those again for each
-- order, which changes the session's sums.
CREATE OR REPLACE FUNCTION public.check_session() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.status NOT IN ('active', 'closed', 'expired') THEN
    RAISE EXCEPTION 'sessions_status: a session has no status %', NEW.status
      USING ERRCODE = 'check_violation', CONSTRAINT = 'sessions_status';
  ELSIF NEW.opened_by NOT IN ('diner', 'staff') THEN
    RAISE EXCEPTION 'sessions_opened_by: no % opens a session', NEW.opened_by
      USING ERRCODE = 'check_violation', CONSTRAINT = 'sessions_opened_by';
  ELSIF (NEW.status = 'active') <> (NEW.closed_at IS NULL) THEN
    RAISE EXCEPTION 'sessions_closed_at: a session that is % is closed at %', NEW.status, NEW.closed_at
      USING ERRCODE = 'check_violation', CONSTRAINT = 'sessions_closed_at';
  ELSIF NEW.guest_count NOT BETWEEN 1 AND 500 THEN
    RAISE EXCEPTION 'sessions_guest_count: % guests cannot be', NEW.guest_count
      USING ERRCODE = 'check_violation', CONSTRAINT = 'sessions_guest_count';
  END IF;
  RETURN NEW;
END
$$;
