-- The mirror's outbox, as its sync needs it.

-- A mirror that refuses a row, and one that cannot be reached, are counted
-- apart: an outage never makes a row dead.
ALTER TABLE sync_logs ADD COLUMN pending_since timestamptz NOT NULL DEFAULT now();
ALTER TABLE sync_logs ADD COLUMN rejected_since timestamptz;
ALTER TABLE sync_logs ADD COLUMN outage_attempts integer NOT NULL DEFAULT 0;
CREATE INDEX sync_logs_dead ON sync_logs (restaurant_id) WHERE convex_sync_status = 'dead';

-- An installation without a mirror writes no outbox rows: its programs say on
-- each connection whether there is one.
DROP TRIGGER outbox_mirror ON menu_categories;
DROP TRIGGER outbox_mirror ON menu_items;
DROP TRIGGER outbox_mirror ON menu_item_options;
DROP TRIGGER outbox_mirror ON tables;
DROP TRIGGER outbox_mirror ON orders;
DROP TRIGGER outbox_mirror ON payments;
DROP TRIGGER outbox_mirror ON sessions;
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON menu_categories
  FOR EACH ROW WHEN (current_setting('orderzap.mirror', true) = 'on') EXECUTE FUNCTION outbox_mirror('menu_category');
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON menu_items
  FOR EACH ROW WHEN (current_setting('orderzap.mirror', true) = 'on') EXECUTE FUNCTION outbox_mirror('menu_item');
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON menu_item_options
  FOR EACH ROW WHEN (current_setting('orderzap.mirror', true) = 'on') EXECUTE FUNCTION outbox_mirror('menu_item_option');
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON tables
  FOR EACH ROW WHEN (current_setting('orderzap.mirror', true) = 'on') EXECUTE FUNCTION outbox_mirror('table');
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON orders
  FOR EACH ROW WHEN (current_setting('orderzap.mirror', true) = 'on') EXECUTE FUNCTION outbox_mirror('order');
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON payments
  FOR EACH ROW WHEN (current_setting('orderzap.mirror', true) = 'on') EXECUTE FUNCTION outbox_mirror('payment');
-- A new PIN stays here, but it raises the version, which is compared.
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE OF table_id, status, pin_hash, expires_at, closed_at ON sessions
  FOR EACH ROW WHEN (current_setting('orderzap.mirror', true) = 'on') EXECUTE FUNCTION outbox_mirror('session');

-- When the sync last got something across, why it stands still, if it does, and
-- when the mirror's tombstones were last looked through.
CREATE TABLE sync_state (
  name text PRIMARY KEY CHECK (name = 'convex'),
  last_success_at timestamptz,
  halted_at timestamptz,
  halted_because text,
  reaped_at timestamptz
);
INSERT INTO sync_state (name) VALUES ('convex');
GRANT SELECT, UPDATE ON sync_state TO orderzap_sync;
GRANT SELECT ON sync_state TO orderzap_app;

GRANT INSERT ON sync_logs TO orderzap_sync;
