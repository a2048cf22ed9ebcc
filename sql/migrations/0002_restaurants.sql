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

-- A version counts the changes that a client can see.
CREATE TRIGGER raise_version BEFORE UPDATE OF slug, name, currency, timezone, business_day_start, tax_rate_ppm, prices_include_tax, pin_length,
    session_expiry_minutes, session_opening, is_open, version ON restaurants
  FOR EACH ROW EXECUTE FUNCTION raise_version();
-- The menu shows the restaurant, too.
CREATE TRIGGER raise_menu_version BEFORE UPDATE OF slug, name, currency, timezone, tax_rate_ppm, prices_include_tax,
    pin_length, session_opening, is_open ON restaurants
  FOR EACH ROW EXECUTE FUNCTION raise_menu_version();
-- Live events: the functions themselves ask whether there is a relay, since a
-- trigger's WHEN is read again for each statement.
CREATE TRIGGER note_event AFTER UPDATE OF menu_version ON restaurants
  FOR EACH ROW EXECUTE FUNCTION note_event('menu');

-- Row-level security, here and on each table of a tenant's: with the tenant set
-- a role sees that tenant's rows and no others; without one, none. FORCE binds a
-- table's owner too; orderzap_owner is exempt by BYPASSRLS alone.
ALTER TABLE restaurants ENABLE ROW LEVEL SECURITY;
ALTER TABLE restaurants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON restaurants
  USING (id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

GRANT SELECT ON restaurants TO orderzap_app, orderzap_sync;
GRANT UPDATE (name, currency, timezone, business_day_start, tax_rate_ppm, prices_include_tax,
              pin_length, session_expiry_minutes, session_opening, is_open,
              menu_version, version, updated_at)
  ON restaurants TO orderzap_app;
GRANT SELECT ON slugs TO orderzap_app, orderzap_sync, orderzap_relay;
