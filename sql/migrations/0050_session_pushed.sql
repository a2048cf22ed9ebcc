-- Orders and payments push a session's end on. That is no change that anybody hears of:
-- pushed_at, which only such a push sets, keeps the triggers silent. An end that staff set
-- is told as before.
ALTER TABLE sessions ADD COLUMN pushed_at timestamptz;
CREATE OR REPLACE TRIGGER raise_version BEFORE UPDATE OF table_id, status, pin_hash, expires_at, closed_at, version ON sessions
  FOR EACH ROW WHEN (NEW.pushed_at IS NOT DISTINCT FROM OLD.pushed_at) EXECUTE FUNCTION raise_version();
CREATE OR REPLACE TRIGGER note_change BEFORE UPDATE OF table_id, status, pin_hash, expires_at, closed_at, version, changed_xid ON sessions
  FOR EACH ROW WHEN (NEW.pushed_at IS NOT DISTINCT FROM OLD.pushed_at) EXECUTE FUNCTION note_change();
CREATE OR REPLACE TRIGGER outbox_mirror AFTER UPDATE OF table_id, status, pin_hash, expires_at, closed_at, version ON sessions
  FOR EACH ROW WHEN (NEW.pushed_at IS NOT DISTINCT FROM OLD.pushed_at) EXECUTE FUNCTION outbox_mirror('session');
CREATE OR REPLACE TRIGGER outbox_mirror_new AFTER INSERT ON sessions
  FOR EACH ROW EXECUTE FUNCTION outbox_mirror('session');
CREATE OR REPLACE TRIGGER note_event AFTER UPDATE OF table_id, status, expires_at, closed_at, version ON sessions
  FOR EACH ROW WHEN (NEW.pushed_at IS NOT DISTINCT FROM OLD.pushed_at) EXECUTE FUNCTION note_event('session');
CREATE OR REPLACE TRIGGER note_event_new AFTER INSERT ON sessions
  FOR EACH ROW EXECUTE FUNCTION note_event('session');
