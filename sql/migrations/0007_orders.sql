-- Orders. Names and prices are copied in when an order is placed; after that
-- only its state moves, and nothing is deleted: triggers and grants see to it.

-- The last order number given out for each business day.
CREATE TABLE order_counters (
  restaurant_id uuid NOT NULL REFERENCES restaurants (id),
  business_date date NOT NULL,
  last_number integer NOT NULL CHECK (last_number >= 0),
  PRIMARY KEY (restaurant_id, business_date)
) WITH (fillfactor = 20);
-- For orderzapctl cleanup alone, as its condition says (see idempotency_keys_old). An order
-- does not change the day, so its update of the counter writes no index.
CREATE INDEX order_counters_old ON order_counters (business_date) WHERE business_date > '-infinity';

CREATE TABLE orders (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  business_date date NOT NULL,
  order_number order_number NOT NULL,
  table_id uuid,
  session_id uuid,
  diner_id uuid,
  staff_id uuid,
  order_type order_type NOT NULL,
  status order_status NOT NULL DEFAULT 'pending',
  payment_status order_payment_status NOT NULL DEFAULT 'unpaid',
  currency currency_code NOT NULL,
  prices_include_tax boolean NOT NULL,
  subtotal minor_units NOT NULL,
  tax_amount minor_units NOT NULL,
  taxes jsonb NOT NULL,
  tip_amount minor_units NOT NULL DEFAULT 0,
  discount_amount minor_units NOT NULL DEFAULT 0,
  deposit_used minor_units NOT NULL DEFAULT 0,
  total_amount minor_units NOT NULL,
  payment_method payment_method,
  customer_name text,
  customer_phone text,
  notes text,
  special_instructions text,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  PRIMARY KEY (restaurant_id, id),
  CONSTRAINT orders_number UNIQUE (restaurant_id, business_date, order_number),
  FOREIGN KEY (restaurant_id, table_id) REFERENCES tables (restaurant_id, id),
  FOREIGN KEY (restaurant_id, session_id) REFERENCES sessions (restaurant_id, id),
  FOREIGN KEY (restaurant_id, diner_id) REFERENCES users (restaurant_id, id),
  FOREIGN KEY (restaurant_id, staff_id) REFERENCES staff (restaurant_id, id),
  CONSTRAINT orders_total CHECK (
    total_amount = subtotal + CASE WHEN prices_include_tax THEN 0 ELSE tax_amount END
                   + tip_amount - discount_amount - deposit_used),
  CHECK (NOT prices_include_tax OR tax_amount <= subtotal)
) WITH (fillfactor = 90);
CREATE INDEX idx_orders_session_status ON orders (restaurant_id, session_id, status);
CREATE INDEX orders_changed ON orders (restaurant_id, changed_xid);
-- The kitchen's orders and lists by status, found without reading a restaurant's past.
CREATE INDEX orders_status ON orders (restaurant_id, status, business_date, order_number);
CREATE INDEX orders_table ON orders (restaurant_id, table_id, status, business_date, order_number) WHERE table_id IS NOT NULL;
CREATE INDEX orders_updated ON orders (restaurant_id, updated_at);

-- The guards sort before raise_version by name and so see what the statement
-- itself changed. A session may move to another table, or into another session:
-- its orders go along.
CREATE TRIGGER guard BEFORE UPDATE ON orders
  FOR EACH ROW EXECUTE FUNCTION guard_columns('orders', 'status', 'payment_status', 'version', 'updated_at', 'deleted_at', 'table_id', 'session_id');
CREATE TRIGGER guard_delete BEFORE DELETE ON orders
  FOR EACH ROW EXECUTE FUNCTION refuse_change('orders');
CREATE TRIGGER raise_version BEFORE UPDATE ON orders
  FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE TRIGGER note_change BEFORE UPDATE ON orders
  FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON orders
  FOR EACH ROW EXECUTE FUNCTION outbox_mirror('order');
CREATE TRIGGER note_event AFTER INSERT OR UPDATE ON orders
  FOR EACH ROW EXECUTE FUNCTION note_event('order');

-- A line names what it was copied from. A foreign key would lock that row of the
-- menu for each line ordered, and those who order the same dish at once would
-- meet there; but nothing is ever deleted from a menu, so that to look once is
-- enough. Lines and history are written before their order, hence the deferred
-- foreign keys: from the order's number on, which is the last of it, the
-- restaurant's other orders wait.
CREATE TABLE order_items (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  order_id uuid NOT NULL,
  position line_position NOT NULL,
  menu_item_id uuid NOT NULL,
  name text NOT NULL,
  price minor_units NOT NULL,
  customization_amount minor_units_signed NOT NULL,
  quantity line_quantity NOT NULL,
  subtotal minor_units NOT NULL,
  tax_rate_ppm rate_ppm NOT NULL,
  station text,
  status line_status NOT NULL DEFAULT 'pending',
  special_instructions text,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (restaurant_id, id),
  FOREIGN KEY (restaurant_id, order_id) REFERENCES orders (restaurant_id, id) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT order_items_subtotal CHECK (subtotal = (price + customization_amount) * quantity)
) WITH (fillfactor = 90);
CREATE INDEX order_items_order ON order_items (restaurant_id, order_id);
CREATE TRIGGER find_on_menu AFTER INSERT ON order_items
  FOR EACH ROW EXECUTE FUNCTION find_item_on_menu();
CREATE TRIGGER guard BEFORE UPDATE ON order_items
  FOR EACH ROW EXECUTE FUNCTION guard_columns('order_items', 'status', 'version', 'updated_at');
CREATE TRIGGER guard_delete BEFORE DELETE ON order_items
  FOR EACH ROW EXECUTE FUNCTION refuse_change('order_items');
CREATE TRIGGER raise_version BEFORE UPDATE ON order_items
  FOR EACH ROW EXECUTE FUNCTION raise_version();

CREATE TABLE order_item_customizations (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  order_item_id uuid NOT NULL,
  position smallint NOT NULL,
  option_id uuid NOT NULL,
  value_id uuid NOT NULL,
  option_name text NOT NULL,
  value_name text NOT NULL,
  price_modifier bigint NOT NULL,
  PRIMARY KEY (restaurant_id, id),
  CONSTRAINT order_item_customizations_once UNIQUE (restaurant_id, order_item_id, value_id),
  FOREIGN KEY (restaurant_id, order_item_id) REFERENCES order_items (restaurant_id, id)
);
CREATE TRIGGER find_on_menu AFTER INSERT ON order_item_customizations
  FOR EACH ROW EXECUTE FUNCTION find_choice_on_menu();
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON order_item_customizations
  FOR EACH ROW EXECUTE FUNCTION refuse_change('order_item_customizations');

CREATE TABLE order_status_history (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  order_id uuid NOT NULL,
  from_status text,
  to_status text NOT NULL,
  actor_role actor_role NOT NULL,
  actor_id uuid,
  reason reason_text,
  -- Not when its transaction began, which may have waited for an earlier step's.
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (restaurant_id, id),
  FOREIGN KEY (restaurant_id, order_id) REFERENCES orders (restaurant_id, id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX order_status_history_order ON order_status_history (restaurant_id, order_id);
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON order_status_history
  FOR EACH ROW EXECUTE FUNCTION refuse_change('order_status_history');

ALTER TABLE order_counters ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_counters FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON order_counters
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE orders FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON orders
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE order_items ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_items FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON order_items
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE order_item_customizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_item_customizations FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON order_item_customizations
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE order_status_history ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_status_history FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON order_status_history
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

GRANT SELECT, INSERT, UPDATE ON order_counters TO orderzap_app;
GRANT SELECT, INSERT ON orders, order_items, order_item_customizations, order_status_history TO orderzap_app;
GRANT UPDATE (status, payment_status, version, updated_at, deleted_at, table_id, session_id) ON orders TO orderzap_app;
GRANT UPDATE (status, version, updated_at) ON order_items TO orderzap_app;
GRANT SELECT ON orders, order_items, order_item_customizations TO orderzap_sync;
