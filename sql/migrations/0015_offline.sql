-- What clients did while they were offline, and what changed meanwhile.

-- Names that one caller gives are not another's.
ALTER TABLE sync_queue ADD COLUMN caller text NOT NULL CHECK (length(caller) BETWEEN 1 AND 60);
ALTER TABLE sync_queue DROP CONSTRAINT sync_queue_restaurant_id_client_id_change_id_key;
ALTER TABLE sync_queue ADD CONSTRAINT sync_queue_once UNIQUE (restaurant_id, caller, client_id, change_id);

-- The transaction that changed a row last: a cursor that names the oldest one
-- then running misses none, in whatever order they commit.
ALTER TABLE orders ADD COLUMN changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id();
ALTER TABLE sessions ADD COLUMN changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id();
ALTER TABLE service_calls ADD COLUMN changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE TRIGGER note_change BEFORE UPDATE ON orders
  FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER note_change BEFORE UPDATE OF table_id, status, pin_hash, expires_at, closed_at, version ON sessions
  FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER note_change BEFORE UPDATE ON service_calls
  FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE INDEX orders_changed ON orders (restaurant_id, changed_xid);
CREATE INDEX sessions_changed ON sessions (restaurant_id, changed_xid);
CREATE INDEX service_calls_changed ON service_calls (restaurant_id, changed_xid);
