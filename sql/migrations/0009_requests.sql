-- What clients send twice, and what they did while they were offline.

-- The answers to requests that carried an Idempotency-Key, written in the
-- same transaction as their effect and rarely read. An answer that holds a
-- secret is sealed.
CREATE TABLE idempotency_keys (
  restaurant_id uuid NOT NULL,
  caller text NOT NULL,
  key key_text NOT NULL,
  request_hash text NOT NULL,
  status success_status NOT NULL,
  location text,
  etag text,
  answer text COMPRESSION lz4 NOT NULL,
  is_sealed boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (restaurant_id, caller, key)
);
-- orderzapctl cleanup reads all restaurants at once, by time. The condition is always
-- true, and only cleanup names it: so no request's plan can choose this index in
-- place of a key, not even while the table is small.
CREATE INDEX idempotency_keys_old ON idempotency_keys (created_at) WHERE created_at > '-infinity';

-- Each offline change with its answer. Names that one caller gives are not
-- another's.
CREATE TABLE sync_queue (
  restaurant_id uuid NOT NULL REFERENCES restaurants (id),
  id uuid NOT NULL,
  caller text NOT NULL CHECK (length(caller) BETWEEN 1 AND 60),
  client_id text NOT NULL CHECK (length(client_id) BETWEEN 1 AND 255),
  change_id text NOT NULL CHECK (length(change_id) BETWEEN 1 AND 255),
  type text NOT NULL CHECK (length(type) BETWEEN 1 AND 60),
  payload jsonb NOT NULL,
  status text NOT NULL CHECK (status IN ('applied', 'rejected')),
  result jsonb NOT NULL DEFAULT '{}',
  occurred_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (restaurant_id, id),
  CONSTRAINT sync_queue_once UNIQUE (restaurant_id, caller, client_id, change_id)
);

ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON idempotency_keys
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE sync_queue ENABLE ROW LEVEL SECURITY;
ALTER TABLE sync_queue FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON sync_queue
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

-- A key whose 24 hours are over may be used again.
GRANT SELECT, INSERT, UPDATE ON idempotency_keys TO orderzap_app;
GRANT SELECT, INSERT ON sync_queue TO orderzap_app;
