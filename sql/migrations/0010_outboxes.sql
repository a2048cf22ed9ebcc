-- What waits to go out: events to browsers, state to the mirror.

-- Live events: written in the transaction of the change, read once by each
-- node's relay, which posts them, and removed after a few minutes. No foreign
-- key: all orders would lock the restaurant's row.
CREATE TABLE events (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  type short_name NOT NULL,
  session_id uuid,
  resource json NOT NULL,
  -- Whoever listens to the session's channel has nothing more to hear.
  ends_session boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- The transaction that wrote it: a relay's cursor names the oldest one that was
  -- running, and so misses none in whatever order they commit.
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  PRIMARY KEY (restaurant_id, id)
);
-- A relay reads them by their transaction, of all restaurants at once.
CREATE INDEX events_xid ON events (xid);
CREATE INDEX events_ended ON events (restaurant_id) WHERE ends_session;

-- Tickets for browsers, which cannot send a token with a stream: good once, for
-- a minute.
CREATE TABLE event_tickets (
  restaurant_id uuid NOT NULL REFERENCES restaurants (id),
  ticket_hash bytea NOT NULL,
  role actor_role NOT NULL CHECK (role <> 'system'),
  caller_id uuid NOT NULL,
  family_id uuid,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (restaurant_id, ticket_hash)
);
-- For orderzapctl cleanup alone, as its condition says (see idempotency_keys_old).
CREATE INDEX event_tickets_expiring ON event_tickets (expires_at) WHERE expires_at > '-infinity';

-- One row an entity: what the mirror has still to learn of it. Refusals of a row
-- and outages of the mirror are counted apart: an outage never makes a row dead.
CREATE TABLE sync_logs (
  restaurant_id uuid NOT NULL,
  entity_type short_name NOT NULL,
  entity_id uuid NOT NULL,
  entity_version bigint NOT NULL,
  convex_sync_status mirror_status NOT NULL DEFAULT 'pending',
  convex_sync_attempts integer NOT NULL DEFAULT 0,
  convex_error text,
  outage_attempts integer NOT NULL DEFAULT 0,
  pending_since timestamptz NOT NULL DEFAULT now(),
  rejected_since timestamptz,
  next_attempt_at timestamptz NOT NULL,
  locked_until timestamptz,
  last_sync_at timestamptz,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (restaurant_id, entity_type, entity_id)
) WITH (fillfactor = 80);
CREATE INDEX sync_logs_due ON sync_logs (restaurant_id, next_attempt_at) WHERE convex_sync_status = 'pending';
CREATE INDEX sync_logs_dead ON sync_logs (restaurant_id) WHERE convex_sync_status = 'dead';
-- For orderzapctl cleanup alone, as its condition says (see idempotency_keys_old). An order's
-- row is pending, and so not in it.
CREATE INDEX sync_logs_sent ON sync_logs (last_sync_at) WHERE convex_sync_status = 'synced' AND last_sync_at > '-infinity';

-- When the sync last got something across, why it stands still, if it does, and
-- when the mirror's tombstones were last looked through.
CREATE TABLE sync_state (
  name text PRIMARY KEY,
  last_success_at timestamptz,
  halted_at timestamptz,
  halted_because text,
  reaped_at timestamptz
);
INSERT INTO sync_state (name) VALUES ('convex');

ALTER TABLE events ENABLE ROW LEVEL SECURITY;
ALTER TABLE events FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON events
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE event_tickets ENABLE ROW LEVEL SECURITY;
ALTER TABLE event_tickets FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON event_tickets
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE sync_logs ENABLE ROW LEVEL SECURITY;
ALTER TABLE sync_logs FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON sync_logs
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

GRANT SELECT, INSERT ON events TO orderzap_app;
GRANT SELECT, DELETE ON events TO orderzap_relay;
GRANT SELECT, INSERT, DELETE ON event_tickets TO orderzap_app;
GRANT SELECT, INSERT, UPDATE ON sync_logs TO orderzap_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON sync_logs TO orderzap_sync;
GRANT SELECT ON sync_state TO orderzap_app;
GRANT SELECT, UPDATE ON sync_state TO orderzap_sync;
GRANT SELECT (name, reaped_at), UPDATE (reaped_at) ON sync_state TO orderzap_cleanup;
