-- How many guests sit at the table, where the staff or whoever opened the session said so.
-- A change of it is told as other changes are.
ALTER TABLE sessions ADD COLUMN guest_count smallint;
CREATE OR REPLACE TRIGGER check_session BEFORE INSERT OR UPDATE OF status, opened_by, closed_at, guest_count ON sessions
  FOR EACH ROW EXECUTE FUNCTION check_session();
CREATE OR REPLACE TRIGGER raise_version BEFORE UPDATE OF table_id, status, pin_hash, expires_at, closed_at, version, guest_count ON sessions
  FOR EACH ROW WHEN (NEW.pushed_at IS NOT DISTINCT FROM OLD.pushed_at) EXECUTE FUNCTION raise_version();
CREATE OR REPLACE TRIGGER note_change BEFORE UPDATE OF table_id, status, pin_hash, expires_at, closed_at, version, changed_xid, guest_count ON sessions
  FOR EACH ROW WHEN (NEW.pushed_at IS NOT DISTINCT FROM OLD.pushed_at) EXECUTE FUNCTION note_change();
CREATE OR REPLACE TRIGGER outbox_mirror AFTER UPDATE OF table_id, status, pin_hash, expires_at, closed_at, version, guest_count ON sessions
  FOR EACH ROW WHEN (NEW.pushed_at IS NOT DISTINCT FROM OLD.pushed_at) EXECUTE FUNCTION outbox_mirror('session');
CREATE OR REPLACE TRIGGER note_event AFTER UPDATE OF table_id, status, expires_at, closed_at, version, guest_count ON sessions
  FOR EACH ROW WHEN (NEW.pushed_at IS NOT DISTINCT FROM OLD.pushed_at) EXECUTE FUNCTION note_event('session');
