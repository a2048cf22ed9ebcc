-- Live events: written in the transaction of the change, posted by each node's
-- relay, removed after a few minutes.

-- The transaction that wrote it: a relay's cursor names the oldest one that was
-- running, and so misses none in whatever order they commit.
ALTER TABLE events ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX events_xid ON events (restaurant_id, xid);
-- Whoever listens to the session's channel has nothing more to hear.
ALTER TABLE events ADD COLUMN ends_session boolean NOT NULL DEFAULT false;

-- Programs say on each connection whether anybody relays events.
CREATE TRIGGER note_event AFTER INSERT OR UPDATE ON orders
  FOR EACH ROW WHEN (current_setting('orderzap.events', true) = 'on') EXECUTE FUNCTION note_event('order');
CREATE TRIGGER note_event AFTER INSERT OR UPDATE OF table_id, status, expires_at, closed_at, version ON sessions
  FOR EACH ROW WHEN (current_setting('orderzap.events', true) = 'on') EXECUTE FUNCTION note_event('session');
CREATE TRIGGER note_event AFTER INSERT OR UPDATE ON payments
  FOR EACH ROW WHEN (current_setting('orderzap.events', true) = 'on') EXECUTE FUNCTION note_event('payment');
CREATE TRIGGER note_event AFTER INSERT OR UPDATE ON service_calls
  FOR EACH ROW WHEN (current_setting('orderzap.events', true) = 'on') EXECUTE FUNCTION note_event('service_call');
CREATE TRIGGER note_event AFTER UPDATE OF menu_version ON restaurants
  FOR EACH ROW WHEN (current_setting('orderzap.events', true) = 'on') EXECUTE FUNCTION note_event('menu');

-- Tickets for browsers, which cannot send a token with a stream: good once, for
-- a minute.
CREATE TABLE event_tickets (
  restaurant_id uuid NOT NULL REFERENCES restaurants (id),
  ticket_hash bytea NOT NULL,
  role text NOT NULL CHECK (role IN ('diner', 'kitchen', 'waiter', 'cashier', 'manager', 'owner')),
  caller_id uuid NOT NULL,
  family_id uuid,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (restaurant_id, ticket_hash)
);
ALTER TABLE event_tickets ENABLE ROW LEVEL SECURITY;
ALTER TABLE event_tickets FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON event_tickets
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);
GRANT SELECT, INSERT, DELETE ON event_tickets TO orderzap_app;
