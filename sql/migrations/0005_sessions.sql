-- The sessions of guests at the tables: who sits there, what happened, whom
-- they called.

CREATE TABLE sessions (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  table_id uuid NOT NULL,
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'closed', 'expired')),
  opened_by text NOT NULL CHECK (opened_by IN ('diner', 'staff')),
  opened_by_staff_id uuid,
  pin_hash bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  closed_at timestamptz,
  closed_by_staff_id uuid,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  -- Here, in orders and in service calls, the transaction that changed the row
  -- last: a cursor that names the oldest one then running misses none, in
  -- whatever order they commit.
  changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  PRIMARY KEY (restaurant_id, id),
  FOREIGN KEY (restaurant_id, table_id) REFERENCES tables (restaurant_id, id),
  FOREIGN KEY (restaurant_id, opened_by_staff_id) REFERENCES staff (restaurant_id, id),
  FOREIGN KEY (restaurant_id, closed_by_staff_id) REFERENCES staff (restaurant_id, id),
  CHECK ((status = 'active') = (closed_at IS NULL))
);
-- A table has at most one active session.
CREATE UNIQUE INDEX sessions_active_table ON sessions (restaurant_id, table_id) WHERE status = 'active';
CREATE INDEX idx_sessions_restaurant_status ON sessions (restaurant_id, status);
CREATE INDEX sessions_ended ON sessions (restaurant_id, status, id) WHERE status <> 'active';
CREATE INDEX sessions_changed ON sessions (restaurant_id, changed_xid);
-- For orderzapctl cleanup alone, as its condition says (see idempotency_keys_old).
CREATE INDEX sessions_expiring ON sessions (expires_at) WHERE status = 'active' AND expires_at > '-infinity';

-- A new PIN raises the version, as what joins a session does, and the mirror
-- compares versions.
CREATE TRIGGER raise_version BEFORE UPDATE OF table_id, status, pin_hash, expires_at, closed_at, version ON sessions
  FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE TRIGGER note_change BEFORE UPDATE OF table_id, status, pin_hash, expires_at, closed_at, version, changed_xid ON sessions
  FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE OF table_id, status, pin_hash, expires_at, closed_at, version ON sessions
  FOR EACH ROW EXECUTE FUNCTION outbox_mirror('session');
CREATE TRIGGER note_event AFTER INSERT OR UPDATE OF table_id, status, expires_at, closed_at, version ON sessions
  FOR EACH ROW EXECUTE FUNCTION note_event('session');

-- The diners of a session.
CREATE TABLE users (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  session_id uuid NOT NULL,
  display_name text NOT NULL CHECK (length(display_name) BETWEEN 1 AND 60),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (restaurant_id, id),
  FOREIGN KEY (restaurant_id, session_id) REFERENCES sessions (restaurant_id, id)
);
CREATE INDEX users_session ON users (restaurant_id, session_id);

CREATE TABLE session_activity_log (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  session_id uuid NOT NULL,
  action short_name NOT NULL,
  actor_role actor_role NOT NULL,
  actor_id uuid,
  details jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (restaurant_id, id),
  FOREIGN KEY (restaurant_id, session_id) REFERENCES sessions (restaurant_id, id)
);
CREATE INDEX session_activity_log_session ON session_activity_log (restaurant_id, session_id);
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON session_activity_log
  FOR EACH ROW EXECUTE FUNCTION refuse_change('session_activity_log');

CREATE TABLE service_calls (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  session_id uuid NOT NULL,
  table_id uuid NOT NULL,
  diner_id uuid,
  kind text NOT NULL CHECK (kind IN ('call', 'bill', 'water', 'other')),
  message text CHECK (length(message) BETWEEN 1 AND 500),
  acknowledged_by uuid,
  acknowledged_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  PRIMARY KEY (restaurant_id, id),
  FOREIGN KEY (restaurant_id, session_id) REFERENCES sessions (restaurant_id, id),
  FOREIGN KEY (restaurant_id, table_id) REFERENCES tables (restaurant_id, id),
  FOREIGN KEY (restaurant_id, diner_id) REFERENCES users (restaurant_id, id),
  FOREIGN KEY (restaurant_id, acknowledged_by) REFERENCES staff (restaurant_id, id)
);
CREATE INDEX service_calls_open ON service_calls (restaurant_id, created_at) WHERE acknowledged_at IS NULL;
CREATE INDEX service_calls_waiting ON service_calls (restaurant_id, id) WHERE acknowledged_at IS NULL;
CREATE INDEX service_calls_acknowledged ON service_calls (restaurant_id, id) WHERE acknowledged_at IS NOT NULL;
CREATE INDEX service_calls_session ON service_calls (restaurant_id, session_id);
CREATE INDEX service_calls_changed ON service_calls (restaurant_id, changed_xid);
CREATE TRIGGER raise_version BEFORE UPDATE ON service_calls
  FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE TRIGGER note_change BEFORE UPDATE ON service_calls
  FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER note_event AFTER INSERT OR UPDATE ON service_calls
  FOR EACH ROW EXECUTE FUNCTION note_event('service_call');

ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON sessions
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON users
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE session_activity_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE session_activity_log FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON session_activity_log
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE service_calls ENABLE ROW LEVEL SECURITY;
ALTER TABLE service_calls FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON service_calls
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

GRANT SELECT, INSERT, UPDATE ON sessions, users, service_calls TO orderzap_app;
GRANT SELECT, INSERT ON session_activity_log TO orderzap_app;
GRANT SELECT ON sessions, users TO orderzap_sync;
