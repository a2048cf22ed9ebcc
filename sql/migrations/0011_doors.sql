-- Who tried at a door, which is a staff account's password or a session's PIN: a
-- row for each network. Of the network only a hash is kept, keyed and bound to
-- the door. door_id is the account's or the session's; the row outlives its door
-- until it expires.
CREATE TABLE door_addresses (
  restaurant_id uuid NOT NULL REFERENCES restaurants (id),
  door_id uuid NOT NULL,
  address_hash bytea NOT NULL CHECK (length(address_hash) = 32),
  is_known boolean NOT NULL,
  failures integer NOT NULL CHECK (failures >= 0),
  refused_until timestamptz,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (restaurant_id, door_id, address_hash)
);
-- The strangers at a door, who are counted.
CREATE INDEX door_addresses_strangers ON door_addresses (restaurant_id, door_id, expires_at) WHERE NOT is_known;
-- For orderzapctl cleanup alone, as its condition says (see idempotency_keys_old).
CREATE INDEX door_addresses_expiring ON door_addresses (expires_at) WHERE expires_at > '-infinity';

ALTER TABLE door_addresses ENABLE ROW LEVEL SECURITY;
ALTER TABLE door_addresses FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON door_addresses
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

GRANT SELECT, INSERT, UPDATE, DELETE ON door_addresses TO orderzap_app;
