-- PostgreSQL reads a table's CHECKs again for each statement that writes it. Each order changes its
-- session's sums: a trigger that looks at these columns rests meanwhile.
CREATE TRIGGER check_session BEFORE INSERT OR UPDATE OF status, opened_by, closed_at ON sessions
  FOR EACH ROW EXECUTE FUNCTION check_session();
ALTER TABLE sessions DROP CONSTRAINT sessions_check;
ALTER TABLE sessions DROP CONSTRAINT sessions_status_check;
ALTER TABLE sessions DROP CONSTRAINT sessions_opened_by_check;
