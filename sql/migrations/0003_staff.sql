-- The staff's accounts, and who is signed in.

CREATE TABLE staff (
  restaurant_id uuid NOT NULL REFERENCES restaurants (id),
  id uuid NOT NULL,
  email text NOT NULL CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 254),
  display_name text NOT NULL CHECK (length(display_name) BETWEEN 1 AND 120),
  role actor_role NOT NULL CHECK (role NOT IN ('diner', 'system')),
  password_hash text NOT NULL,
  is_active boolean NOT NULL DEFAULT true,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  PRIMARY KEY (restaurant_id, id),
  UNIQUE (restaurant_id, email)
);
CREATE TRIGGER raise_version BEFORE UPDATE OF email, display_name, role, password_hash, is_active, deleted_at, version ON staff
  FOR EACH ROW EXECUTE FUNCTION raise_version();

-- One row a refresh token. A family is one sign-in: the tokens that came of
-- it. Only hashes are stored.
CREATE TABLE refresh_tokens (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  family_id uuid NOT NULL,
  staff_id uuid NOT NULL,
  token_hash bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  revoked_at timestamptz,
  PRIMARY KEY (restaurant_id, id),
  UNIQUE (restaurant_id, token_hash),
  FOREIGN KEY (restaurant_id, staff_id) REFERENCES staff (restaurant_id, id)
);
CREATE INDEX refresh_tokens_family ON refresh_tokens (restaurant_id, family_id);
CREATE INDEX refresh_tokens_staff ON refresh_tokens (restaurant_id, staff_id);
-- For orderzapctl cleanup alone, as its condition says (see idempotency_keys_old).
CREATE INDEX refresh_tokens_expiring ON refresh_tokens (expires_at) WHERE expires_at > '-infinity';

ALTER TABLE staff ENABLE ROW LEVEL SECURITY;
ALTER TABLE staff FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON staff
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE refresh_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE refresh_tokens FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON refresh_tokens
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

GRANT SELECT, INSERT, UPDATE ON staff, refresh_tokens TO orderzap_app;
