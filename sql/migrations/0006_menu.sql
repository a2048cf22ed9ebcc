-- The menu: categories, items, their options and the options' values. Nothing
-- is ever deleted from it: what was ordered goes on naming it.

CREATE TABLE menu_categories (
  restaurant_id uuid NOT NULL REFERENCES restaurants (id),
  id uuid NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  description text CHECK (length(description) <= 1000),
  position integer NOT NULL DEFAULT 0,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  PRIMARY KEY (restaurant_id, id)
);
CREATE TRIGGER raise_version BEFORE UPDATE ON menu_categories
  FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON menu_categories
  FOR EACH ROW EXECUTE FUNCTION outbox_mirror('menu_category');

CREATE TABLE menu_items (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  category_id uuid NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  description text CHECK (length(description) <= 1000),
  price bigint NOT NULL CHECK (price BETWEEN 0 AND 9007199254740991),
  tags text[] NOT NULL DEFAULT '{}',
  allergens text[] NOT NULL DEFAULT '{}',
  image_url text CHECK (length(image_url) <= 1000),
  is_available boolean NOT NULL DEFAULT true,
  station text CHECK (length(station) BETWEEN 1 AND 60),
  tax_rate_ppm integer CHECK (tax_rate_ppm BETWEEN 0 AND 1000000),
  position integer NOT NULL DEFAULT 0,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  PRIMARY KEY (restaurant_id, id),
  FOREIGN KEY (restaurant_id, category_id) REFERENCES menu_categories (restaurant_id, id)
);
CREATE INDEX idx_menu_items_restaurant_available ON menu_items (restaurant_id, is_available);
CREATE INDEX menu_items_category ON menu_items (restaurant_id, category_id);
CREATE TRIGGER raise_version BEFORE UPDATE ON menu_items
  FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE TRIGGER guard_delete BEFORE DELETE ON menu_items
  FOR EACH ROW EXECUTE FUNCTION refuse_change('menu_items');
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON menu_items
  FOR EACH ROW EXECUTE FUNCTION outbox_mirror('menu_item');

CREATE TABLE menu_item_options (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  menu_item_id uuid NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  min_select smallint NOT NULL DEFAULT 0 CHECK (min_select >= 0),
  max_select smallint NOT NULL DEFAULT 1 CHECK (max_select BETWEEN 1 AND 50),
  position integer NOT NULL DEFAULT 0,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  PRIMARY KEY (restaurant_id, id),
  FOREIGN KEY (restaurant_id, menu_item_id) REFERENCES menu_items (restaurant_id, id),
  CHECK (min_select <= max_select)
);
CREATE INDEX menu_item_options_item ON menu_item_options (restaurant_id, menu_item_id);
CREATE TRIGGER raise_version BEFORE UPDATE ON menu_item_options
  FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE TRIGGER guard_delete BEFORE DELETE ON menu_item_options
  FOR EACH ROW EXECUTE FUNCTION refuse_change('menu_item_options');
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON menu_item_options
  FOR EACH ROW EXECUTE FUNCTION outbox_mirror('menu_item_option');

CREATE TABLE menu_item_option_values (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  option_id uuid NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  price_modifier bigint NOT NULL DEFAULT 0
    CHECK (price_modifier BETWEEN -9007199254740991 AND 9007199254740991),
  is_default boolean NOT NULL DEFAULT false,
  is_available boolean NOT NULL DEFAULT true,
  position integer NOT NULL DEFAULT 0,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  PRIMARY KEY (restaurant_id, id),
  FOREIGN KEY (restaurant_id, option_id) REFERENCES menu_item_options (restaurant_id, id)
);
CREATE INDEX menu_item_option_values_option ON menu_item_option_values (restaurant_id, option_id);
CREATE TRIGGER raise_version BEFORE UPDATE ON menu_item_option_values
  FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE TRIGGER guard_delete BEFORE DELETE ON menu_item_option_values
  FOR EACH ROW EXECUTE FUNCTION refuse_change('menu_item_option_values');

ALTER TABLE menu_categories ENABLE ROW LEVEL SECURITY;
ALTER TABLE menu_categories FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON menu_categories
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE menu_items ENABLE ROW LEVEL SECURITY;
ALTER TABLE menu_items FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON menu_items
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE menu_item_options ENABLE ROW LEVEL SECURITY;
ALTER TABLE menu_item_options FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON menu_item_options
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE menu_item_option_values ENABLE ROW LEVEL SECURITY;
ALTER TABLE menu_item_option_values FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON menu_item_option_values
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

GRANT SELECT, INSERT, UPDATE ON menu_categories, menu_items, menu_item_options, menu_item_option_values TO orderzap_app;
GRANT SELECT ON menu_categories, menu_items, menu_item_options, menu_item_option_values TO orderzap_sync;
