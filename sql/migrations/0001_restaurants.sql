-- Restaurants: the tenants. Every other table's first column names one.

CREATE TABLE restaurants (
  id uuid PRIMARY KEY,
  slug text NOT NULL CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 63),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  timezone text NOT NULL,
  business_day_start time NOT NULL DEFAULT '04:00',
  tax_rate_ppm integer NOT NULL DEFAULT 50000 CHECK (tax_rate_ppm BETWEEN 0 AND 1000000),
  prices_include_tax boolean NOT NULL DEFAULT false,
  pin_length smallint NOT NULL DEFAULT 4 CHECK (pin_length BETWEEN 4 AND 8),
  session_expiry_minutes integer NOT NULL DEFAULT 180 CHECK (session_expiry_minutes BETWEEN 5 AND 1440),
  session_opening text NOT NULL DEFAULT 'diner' CHECK (session_opening IN ('diner', 'staff')),
  is_open boolean NOT NULL DEFAULT true,
  menu_version bigint NOT NULL DEFAULT 1,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);

-- From the name in a URL to the tenant: the one look-up made before a tenant
-- is known, hence without row-level security and without a foreign key.
CREATE TABLE slugs (
  slug text PRIMARY KEY CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 63),
  restaurant_id uuid NOT NULL
);

CREATE TABLE staff (
  restaurant_id uuid NOT NULL REFERENCES restaurants (id),
  id uuid NOT NULL,
  email text NOT NULL CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 254),
  display_name text NOT NULL CHECK (length(display_name) BETWEEN 1 AND 120),
  role text NOT NULL CHECK (role IN ('kitchen', 'waiter', 'cashier', 'manager', 'owner')),
  password_hash text NOT NULL,
  is_active boolean NOT NULL DEFAULT true,
  failed_logins integer NOT NULL DEFAULT 0,
  locked_until timestamptz,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  PRIMARY KEY (restaurant_id, id),
  UNIQUE (restaurant_id, email)
);

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
