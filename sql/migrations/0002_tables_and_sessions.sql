-- Tables, the QR codes on them, and the sessions of guests at them.

CREATE TABLE tables (
  restaurant_id uuid NOT NULL REFERENCES restaurants (id),
  id uuid NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
  seats smallint NOT NULL CHECK (seats BETWEEN 1 AND 500),
  zone text CHECK (length(zone) BETWEEN 1 AND 60),
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  PRIMARY KEY (restaurant_id, id)
);
CREATE UNIQUE INDEX tables_name ON tables (restaurant_id, name) WHERE deleted_at IS NULL;

CREATE TABLE qr_codes (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  table_id uuid NOT NULL,
  code text NOT NULL CHECK (code ~ '^[0-9A-Za-z_-]{8,64}$'),
  created_at timestamptz NOT NULL DEFAULT now(),
  retired_at timestamptz,
  PRIMARY KEY (restaurant_id, id),
  UNIQUE (restaurant_id, code),
  FOREIGN KEY (restaurant_id, table_id) REFERENCES tables (restaurant_id, id)
);
CREATE UNIQUE INDEX qr_codes_current ON qr_codes (restaurant_id, table_id) WHERE retired_at IS NULL;

CREATE TABLE sessions (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  table_id uuid NOT NULL,
  status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'closed', 'expired')),
  opened_by text NOT NULL CHECK (opened_by IN ('diner', 'staff')),
  opened_by_staff_id uuid,
  pin_hash bytea NOT NULL,
  pin_failures integer NOT NULL DEFAULT 0 CHECK (pin_failures >= 0),
  pin_locked_until timestamptz,
  expires_at timestamptz NOT NULL,
  closed_at timestamptz,
  closed_by_staff_id uuid,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (restaurant_id, id),
  FOREIGN KEY (restaurant_id, table_id) REFERENCES tables (restaurant_id, id),
  FOREIGN KEY (restaurant_id, opened_by_staff_id) REFERENCES staff (restaurant_id, id),
  FOREIGN KEY (restaurant_id, closed_by_staff_id) REFERENCES staff (restaurant_id, id),
  CHECK ((status = 'active') = (closed_at IS NULL))
);
-- A table has one active session at the most.
CREATE UNIQUE INDEX sessions_active_table ON sessions (restaurant_id, table_id) WHERE status = 'active';
CREATE INDEX idx_sessions_restaurant_status ON sessions (restaurant_id, status);

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
  action text NOT NULL CHECK (length(action) BETWEEN 1 AND 60),
  actor_role text NOT NULL CHECK (actor_role IN ('diner', 'kitchen', 'waiter', 'cashier', 'manager', 'owner', 'system')),
  actor_id uuid,
  details jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (restaurant_id, id),
  FOREIGN KEY (restaurant_id, session_id) REFERENCES sessions (restaurant_id, id)
);
CREATE INDEX session_activity_log_session ON session_activity_log (restaurant_id, session_id);

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
  PRIMARY KEY (restaurant_id, id),
  FOREIGN KEY (restaurant_id, session_id) REFERENCES sessions (restaurant_id, id),
  FOREIGN KEY (restaurant_id, table_id) REFERENCES tables (restaurant_id, id),
  FOREIGN KEY (restaurant_id, diner_id) REFERENCES users (restaurant_id, id),
  FOREIGN KEY (restaurant_id, acknowledged_by) REFERENCES staff (restaurant_id, id)
);
CREATE INDEX service_calls_open ON service_calls (restaurant_id, created_at) WHERE acknowledged_at IS NULL;
CREATE INDEX service_calls_session ON service_calls (restaurant_id, session_id);
