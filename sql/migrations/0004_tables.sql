-- Tables and the QR codes on them.

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
CREATE TRIGGER raise_version BEFORE UPDATE ON tables
  FOR EACH ROW EXECUTE FUNCTION raise_version();
-- Here and elsewhere: each change of a mirrored entity leaves its row in the
-- mirror's outbox, if there is a mirror.
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON tables
  FOR EACH ROW EXECUTE FUNCTION outbox_mirror('table');

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

ALTER TABLE tables ENABLE ROW LEVEL SECURITY;
ALTER TABLE tables FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON tables
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE qr_codes ENABLE ROW LEVEL SECURITY;
ALTER TABLE qr_codes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON qr_codes
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

GRANT SELECT, INSERT, UPDATE ON tables, qr_codes TO orderzap_app;
GRANT SELECT ON tables TO orderzap_sync;
