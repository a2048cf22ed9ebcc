-- Which channel live events of a restaurant (scope_id: its own id) or a session go to, once it
-- is no longer named by that id. Those who may no longer hear are left behind on the old one.
-- No foreign keys, as in events.
CREATE TABLE live_channels (
  restaurant_id uuid NOT NULL,
  scope_id uuid NOT NULL,
  channel uuid NOT NULL,
  PRIMARY KEY (restaurant_id, scope_id)
);

-- The old ones, for as long as events are kept: relays end their streams.
CREATE TABLE closed_channels (
  restaurant_id uuid NOT NULL,
  channel uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('r', 's')),
  closed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (restaurant_id, channel)
);

ALTER TABLE live_channels ENABLE ROW LEVEL SECURITY;
ALTER TABLE live_channels FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON live_channels
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE closed_channels ENABLE ROW LEVEL SECURITY;
ALTER TABLE closed_channels FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON closed_channels
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

GRANT SELECT, INSERT, UPDATE ON live_channels TO orderzap_app;
GRANT INSERT ON closed_channels TO orderzap_app;

-- Whatever changes an account or removes it, in the same transaction.
CREATE TRIGGER replace_channel AFTER UPDATE OF role, password_hash, is_active, deleted_at ON staff
  FOR EACH ROW
  WHEN ((OLD.role, OLD.password_hash, OLD.is_active, OLD.deleted_at)
        IS DISTINCT FROM (NEW.role, NEW.password_hash, NEW.is_active, NEW.deleted_at))
  EXECUTE FUNCTION replace_channel('r');
