-- The schema, from the catalogue: make schema writes it, to be read and compared.
-- It is made by sql/setup, sql/migrations and sql/functions.
GRANT USAGE ON SCHEMA public TO PUBLIC;
GRANT USAGE ON SCHEMA public TO orderzap_app;
GRANT USAGE ON SCHEMA public TO orderzap_cleanup;
GRANT USAGE ON SCHEMA public TO orderzap_relay;
GRANT USAGE ON SCHEMA public TO orderzap_sync;

CREATE ROLE orderzap_app LOGIN;
ALTER ROLE orderzap_app SET enable_seqscan = off;
ALTER ROLE orderzap_app SET jit = off;
ALTER ROLE orderzap_app SET plan_cache_mode = force_generic_plan;
ALTER ROLE orderzap_app SET random_page_cost = 1.1;

CREATE ROLE orderzap_cleanup LOGIN;
ALTER ROLE orderzap_cleanup SET enable_seqscan = off;
ALTER ROLE orderzap_cleanup SET jit = off;
ALTER ROLE orderzap_cleanup SET random_page_cost = 1.1;

CREATE ROLE orderzap_owner LOGIN BYPASSRLS;

CREATE ROLE orderzap_relay LOGIN;
ALTER ROLE orderzap_relay SET enable_seqscan = off;
ALTER ROLE orderzap_relay SET jit = off;
ALTER ROLE orderzap_relay SET plan_cache_mode = force_generic_plan;
ALTER ROLE orderzap_relay SET random_page_cost = 1.1;

CREATE ROLE orderzap_sync LOGIN;
ALTER ROLE orderzap_sync SET enable_seqscan = off;
ALTER ROLE orderzap_sync SET jit = off;
ALTER ROLE orderzap_sync SET random_page_cost = 1.1;

CREATE DOMAIN actor_role AS text CHECK (VALUE = ANY (ARRAY['diner'::text, 'kitchen'::text, 'waiter'::text, 'cashier'::text, 'manager'::text, 'owner'::text, 'system'::text]));
CREATE DOMAIN currency_code AS text CHECK (VALUE ~ '^[A-Z]{3}$'::text);
CREATE DOMAIN key_text AS text CHECK (length(VALUE) >= 1 AND length(VALUE) <= 255);
CREATE DOMAIN line_position AS smallint CHECK (VALUE >= 1 AND VALUE <= 100);
CREATE DOMAIN line_quantity AS smallint CHECK (VALUE >= 1 AND VALUE <= 99);
CREATE DOMAIN line_status AS text CHECK (VALUE = ANY (ARRAY['pending'::text, 'preparing'::text, 'ready'::text, 'served'::text, 'cancelled'::text]));
CREATE DOMAIN minor_units AS bigint CHECK (VALUE >= 0 AND VALUE <= '9007199254740991'::bigint);
CREATE DOMAIN minor_units_signed AS bigint CHECK (VALUE >= '-9007199254740991'::bigint AND VALUE <= '9007199254740991'::bigint);
CREATE DOMAIN mirror_status AS text CHECK (VALUE = ANY (ARRAY['pending'::text, 'synced'::text, 'dead'::text]));
CREATE DOMAIN order_number AS integer CHECK (VALUE > 0);
CREATE DOMAIN order_payment_status AS text CHECK (VALUE = ANY (ARRAY['unpaid'::text, 'partially_paid'::text, 'paid'::text, 'partially_refunded'::text, 'refunded'::text]));
CREATE DOMAIN order_status AS text CHECK (VALUE = ANY (ARRAY['pending'::text, 'confirmed'::text, 'preparing'::text, 'ready'::text, 'served'::text, 'completed'::text, 'cancelled'::text]));
CREATE DOMAIN order_type AS text CHECK (VALUE = ANY (ARRAY['dine_in'::text, 'takeaway'::text]));
CREATE DOMAIN payment_method AS text CHECK (VALUE = ANY (ARRAY['cash'::text, 'card'::text, 'upi'::text, 'online'::text, 'other'::text]));
CREATE DOMAIN rate_ppm AS integer CHECK (VALUE >= 0 AND VALUE <= 1000000);
CREATE DOMAIN reason_text AS text CHECK (length(VALUE) >= 1 AND length(VALUE) <= 500);
CREATE DOMAIN short_name AS text CHECK (length(VALUE) >= 1 AND length(VALUE) <= 60);
CREATE DOMAIN success_status AS smallint CHECK (VALUE >= 200 AND VALUE <= 299);

CREATE TABLE allocation_moves (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  payment_id uuid NOT NULL,
  from_order_id uuid NOT NULL,
  to_order_id uuid NOT NULL,
  amount minor_units NOT NULL,
  business_date date NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT allocation_moves_pkey PRIMARY KEY (restaurant_id, id),
  CONSTRAINT allocation_moves_amount_check CHECK (amount::bigint > 0),
  CONSTRAINT allocation_moves_restaurant_id_from_order_id_fkey FOREIGN KEY (restaurant_id, from_order_id) REFERENCES orders(restaurant_id, id),
  CONSTRAINT allocation_moves_restaurant_id_payment_id_fkey FOREIGN KEY (restaurant_id, payment_id) REFERENCES payments(restaurant_id, id),
  CONSTRAINT allocation_moves_restaurant_id_to_order_id_fkey FOREIGN KEY (restaurant_id, to_order_id) REFERENCES orders(restaurant_id, id)
);
CREATE INDEX allocation_moves_day ON allocation_moves USING btree (restaurant_id, business_date);
CREATE INDEX allocation_moves_payment ON allocation_moves USING btree (restaurant_id, payment_id);
CREATE TRIGGER check_day BEFORE INSERT ON allocation_moves FOR EACH ROW EXECUTE FUNCTION check_day();
CREATE TRIGGER guard BEFORE DELETE OR UPDATE ON allocation_moves FOR EACH ROW EXECUTE FUNCTION refuse_change('allocation_moves');
ALTER TABLE allocation_moves ENABLE ROW LEVEL SECURITY;
ALTER TABLE allocation_moves FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON allocation_moves FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT ON allocation_moves TO orderzap_app;

CREATE TABLE business_days (
  restaurant_id uuid NOT NULL,
  business_date date NOT NULL,
  id uuid NOT NULL,
  number integer NOT NULL,
  closed_by uuid,
  closed_at timestamp with time zone NOT NULL DEFAULT now(),
  was_forced boolean NOT NULL,
  report json NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT business_days_pkey PRIMARY KEY (restaurant_id, business_date),
  CONSTRAINT business_days_restaurant_id_id_key UNIQUE (restaurant_id, id),
  CONSTRAINT business_days_restaurant_id_number_key UNIQUE (restaurant_id, number),
  CONSTRAINT business_days_number_check CHECK (number > 0),
  CONSTRAINT business_days_restaurant_id_fkey FOREIGN KEY (restaurant_id) REFERENCES restaurants(id)
);
CREATE TRIGGER check_day BEFORE INSERT ON business_days FOR EACH ROW EXECUTE FUNCTION check_day();
CREATE TRIGGER guard BEFORE DELETE OR UPDATE ON business_days FOR EACH ROW EXECUTE FUNCTION refuse_change('business_days');
CREATE TRIGGER outbox_mirror AFTER INSERT ON business_days FOR EACH ROW EXECUTE FUNCTION outbox_mirror('business_day');
ALTER TABLE business_days ENABLE ROW LEVEL SECURITY;
ALTER TABLE business_days FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON business_days FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT ON business_days TO orderzap_app;
GRANT SELECT ON business_days TO orderzap_sync;

CREATE TABLE closed_channels (
  restaurant_id uuid NOT NULL,
  channel uuid NOT NULL,
  kind text NOT NULL,
  closed_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT closed_channels_pkey PRIMARY KEY (restaurant_id, channel),
  CONSTRAINT closed_channels_kind_check CHECK (kind = ANY (ARRAY['r'::text, 's'::text]))
);
ALTER TABLE closed_channels ENABLE ROW LEVEL SECURITY;
ALTER TABLE closed_channels FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON closed_channels FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT ON closed_channels TO orderzap_app;

CREATE TABLE day_sales (
  restaurant_id uuid NOT NULL,
  business_date date NOT NULL,
  cut text NOT NULL,
  key text NOT NULL,
  orders bigint NOT NULL,
  quantity bigint NOT NULL,
  subtotal bigint NOT NULL,
  discount_amount bigint NOT NULL,
  service_charge_amount bigint NOT NULL,
  taxable_amount bigint NOT NULL,
  tax_amount bigint NOT NULL,
  tip_amount bigint NOT NULL,
  deposit_used bigint NOT NULL,
  total_amount bigint NOT NULL,
  void_amount bigint NOT NULL,
  comp_amount bigint NOT NULL,
  cancelled_amount bigint NOT NULL,
  payments bigint NOT NULL,
  paid bigint NOT NULL,
  tips bigint NOT NULL,
  deposits bigint NOT NULL,
  rounding_amount bigint NOT NULL,
  refunded bigint NOT NULL,
  refunded_tips bigint NOT NULL,
  refunded_deposits bigint NOT NULL,
  CONSTRAINT day_sales_pkey PRIMARY KEY (restaurant_id, cut, business_date, key),
  CONSTRAINT day_sales_cut_check CHECK (cut = ANY (ARRAY['day'::text, 'hour'::text, 'item'::text, 'category'::text, 'method'::text, 'tax_rate'::text, 'staff'::text, 'table'::text, 'order_type'::text, 'reason'::text])),
  CONSTRAINT day_sales_restaurant_id_business_date_fkey FOREIGN KEY (restaurant_id, business_date) REFERENCES business_days(restaurant_id, business_date) DEFERRABLE INITIALLY DEFERRED
);
CREATE TRIGGER check_day BEFORE INSERT ON day_sales FOR EACH ROW EXECUTE FUNCTION check_day();
CREATE TRIGGER guard BEFORE DELETE OR UPDATE ON day_sales FOR EACH ROW EXECUTE FUNCTION refuse_change('day_sales');
ALTER TABLE day_sales ENABLE ROW LEVEL SECURITY;
ALTER TABLE day_sales FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON day_sales FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT ON day_sales TO orderzap_app;

CREATE TABLE door_addresses (
  restaurant_id uuid NOT NULL,
  door_id uuid NOT NULL,
  address_hash bytea NOT NULL,
  is_known boolean NOT NULL,
  failures integer NOT NULL,
  refused_until timestamp with time zone,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT door_addresses_pkey PRIMARY KEY (restaurant_id, door_id, address_hash),
  CONSTRAINT door_addresses_address_hash_check CHECK (length(address_hash) = 32),
  CONSTRAINT door_addresses_failures_check CHECK (failures >= 0),
  CONSTRAINT door_addresses_restaurant_id_fkey FOREIGN KEY (restaurant_id) REFERENCES restaurants(id)
);
CREATE INDEX door_addresses_expiring ON door_addresses USING btree (expires_at) WHERE (expires_at > '-infinity'::timestamp with time zone);
CREATE INDEX door_addresses_strangers ON door_addresses USING btree (restaurant_id, door_id, expires_at) WHERE (NOT is_known);
ALTER TABLE door_addresses ENABLE ROW LEVEL SECURITY;
ALTER TABLE door_addresses FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON door_addresses FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT DELETE, INSERT, SELECT, UPDATE ON door_addresses TO orderzap_app;

CREATE TABLE drawer_movements (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  drawer_id uuid NOT NULL,
  amount minor_units_signed NOT NULL,
  reason reason_text NOT NULL,
  staff_id uuid NOT NULL,
  business_date date NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT drawer_movements_pkey PRIMARY KEY (restaurant_id, id),
  CONSTRAINT drawer_movements_amount_check CHECK (amount::bigint <> 0),
  CONSTRAINT drawer_movements_restaurant_id_drawer_id_fkey FOREIGN KEY (restaurant_id, drawer_id) REFERENCES drawers(restaurant_id, id),
  CONSTRAINT drawer_movements_restaurant_id_staff_id_fkey FOREIGN KEY (restaurant_id, staff_id) REFERENCES staff(restaurant_id, id)
);
CREATE INDEX drawer_movements_day ON drawer_movements USING btree (restaurant_id, business_date);
CREATE INDEX drawer_movements_drawer ON drawer_movements USING btree (restaurant_id, drawer_id);
CREATE TRIGGER check_day BEFORE INSERT ON drawer_movements FOR EACH ROW EXECUTE FUNCTION check_day();
CREATE TRIGGER check_drawer BEFORE INSERT ON drawer_movements FOR EACH ROW EXECUTE FUNCTION check_drawer();
CREATE TRIGGER guard BEFORE DELETE OR UPDATE ON drawer_movements FOR EACH ROW EXECUTE FUNCTION refuse_change('drawer_movements');
ALTER TABLE drawer_movements ENABLE ROW LEVEL SECURITY;
ALTER TABLE drawer_movements FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON drawer_movements FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT ON drawer_movements TO orderzap_app;

CREATE TABLE drawers (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  staff_id uuid NOT NULL,
  name short_name,
  float_amount minor_units NOT NULL,
  currency currency_code NOT NULL,
  business_date date NOT NULL,
  opened_at timestamp with time zone NOT NULL DEFAULT now(),
  closed_at timestamp with time zone,
  closed_by uuid,
  closed_date date,
  cash_paid bigint,
  cash_refunded bigint,
  tips bigint,
  paid_in bigint,
  paid_out bigint,
  expected bigint,
  counted minor_units,
  version bigint NOT NULL DEFAULT 1,
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT drawers_pkey PRIMARY KEY (restaurant_id, id),
  CONSTRAINT drawers_closed CHECK (num_nulls(closed_at, closed_by, closed_date, cash_paid, cash_refunded, tips, paid_in, paid_out, expected, counted) = ANY (ARRAY[0, 10])),
  CONSTRAINT drawers_expected CHECK (expected = (float_amount::bigint + cash_paid - cash_refunded + paid_in - paid_out)),
  CONSTRAINT drawers_restaurant_id_closed_by_fkey FOREIGN KEY (restaurant_id, closed_by) REFERENCES staff(restaurant_id, id),
  CONSTRAINT drawers_restaurant_id_staff_id_fkey FOREIGN KEY (restaurant_id, staff_id) REFERENCES staff(restaurant_id, id)
);
CREATE INDEX drawers_closed_day ON drawers USING btree (restaurant_id, closed_date) WHERE (closed_at IS NOT NULL);
CREATE INDEX drawers_day ON drawers USING btree (restaurant_id, business_date);
CREATE UNIQUE INDEX drawers_open ON drawers USING btree (restaurant_id, staff_id) WHERE (closed_at IS NULL);
CREATE TRIGGER check_day BEFORE INSERT ON drawers FOR EACH ROW EXECUTE FUNCTION check_day();
CREATE TRIGGER check_day_of_close BEFORE UPDATE OF closed_date ON drawers FOR EACH ROW EXECUTE FUNCTION check_day('closed_date');
CREATE TRIGGER guard BEFORE UPDATE ON drawers FOR EACH ROW EXECUTE FUNCTION guard_columns('drawers', 'closed_at', 'closed_by', 'closed_date', 'cash_paid', 'cash_refunded', 'tips', 'paid_in', 'paid_out', 'expected', 'counted', 'version', 'updated_at');
CREATE TRIGGER guard_closed BEFORE UPDATE ON drawers FOR EACH ROW WHEN (old.closed_at IS NOT NULL) EXECUTE FUNCTION refuse_change('drawers');
CREATE TRIGGER guard_delete BEFORE DELETE ON drawers FOR EACH ROW EXECUTE FUNCTION refuse_change('drawers');
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON drawers FOR EACH ROW EXECUTE FUNCTION outbox_mirror('drawer');
CREATE TRIGGER raise_version BEFORE UPDATE ON drawers FOR EACH ROW EXECUTE FUNCTION raise_version();
ALTER TABLE drawers ENABLE ROW LEVEL SECURITY;
ALTER TABLE drawers FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON drawers FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE (cash_paid, cash_refunded, closed_at, closed_by, closed_date, counted, expected, paid_in, paid_out, tips, updated_at, version) ON drawers TO orderzap_app;
GRANT SELECT ON drawers TO orderzap_sync;

CREATE TABLE event_tickets (
  restaurant_id uuid NOT NULL,
  ticket_hash bytea NOT NULL,
  role actor_role NOT NULL,
  caller_id uuid NOT NULL,
  family_id uuid,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT event_tickets_pkey PRIMARY KEY (restaurant_id, ticket_hash),
  CONSTRAINT event_tickets_role_check CHECK (role::text <> 'system'::text),
  CONSTRAINT event_tickets_restaurant_id_fkey FOREIGN KEY (restaurant_id) REFERENCES restaurants(id)
);
CREATE INDEX event_tickets_expiring ON event_tickets USING btree (expires_at) WHERE (expires_at > '-infinity'::timestamp with time zone);
ALTER TABLE event_tickets ENABLE ROW LEVEL SECURITY;
ALTER TABLE event_tickets FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON event_tickets FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT DELETE, INSERT, SELECT ON event_tickets TO orderzap_app;

CREATE TABLE events (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  type short_name NOT NULL,
  session_id uuid,
  resource json NOT NULL,
  ends_session boolean NOT NULL DEFAULT false,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  CONSTRAINT events_pkey PRIMARY KEY (restaurant_id, id)
);
CREATE INDEX events_ended ON events USING btree (restaurant_id) WHERE ends_session;
CREATE INDEX events_xid ON events USING btree (xid);
ALTER TABLE events ENABLE ROW LEVEL SECURITY;
ALTER TABLE events FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON events FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT ON events TO orderzap_app;
GRANT DELETE, SELECT ON events TO orderzap_relay;

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
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT idempotency_keys_pkey PRIMARY KEY (restaurant_id, caller, key)
);
CREATE INDEX idempotency_keys_old ON idempotency_keys USING btree (created_at) WHERE (created_at > '-infinity'::timestamp with time zone);
ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON idempotency_keys FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE ON idempotency_keys TO orderzap_app;

CREATE TABLE live_channels (
  restaurant_id uuid NOT NULL,
  scope_id uuid NOT NULL,
  channel uuid NOT NULL,
  CONSTRAINT live_channels_pkey PRIMARY KEY (restaurant_id, scope_id)
);
ALTER TABLE live_channels ENABLE ROW LEVEL SECURITY;
ALTER TABLE live_channels FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON live_channels FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE ON live_channels TO orderzap_app;

CREATE TABLE menu_categories (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  description text,
  "position" integer NOT NULL DEFAULT 0,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  deleted_at timestamp with time zone,
  CONSTRAINT menu_categories_pkey PRIMARY KEY (restaurant_id, id),
  CONSTRAINT menu_categories_description_check CHECK (length(description) <= 1000),
  CONSTRAINT menu_categories_name_check CHECK (length(name) >= 1 AND length(name) <= 120),
  CONSTRAINT menu_categories_restaurant_id_fkey FOREIGN KEY (restaurant_id) REFERENCES restaurants(id)
);
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON menu_categories FOR EACH ROW EXECUTE FUNCTION outbox_mirror('menu_category');
CREATE TRIGGER raise_version BEFORE UPDATE ON menu_categories FOR EACH ROW EXECUTE FUNCTION raise_version();
ALTER TABLE menu_categories ENABLE ROW LEVEL SECURITY;
ALTER TABLE menu_categories FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON menu_categories FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE ON menu_categories TO orderzap_app;
GRANT SELECT ON menu_categories TO orderzap_sync;

CREATE TABLE menu_item_option_values (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  option_id uuid NOT NULL,
  name text NOT NULL,
  price_modifier bigint NOT NULL DEFAULT 0,
  is_default boolean NOT NULL DEFAULT false,
  is_available boolean NOT NULL DEFAULT true,
  "position" integer NOT NULL DEFAULT 0,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  deleted_at timestamp with time zone,
  CONSTRAINT menu_item_option_values_pkey PRIMARY KEY (restaurant_id, id),
  CONSTRAINT menu_item_option_values_name_check CHECK (length(name) >= 1 AND length(name) <= 120),
  CONSTRAINT menu_item_option_values_price_modifier_check CHECK (price_modifier >= '-9007199254740991'::bigint AND price_modifier <= '9007199254740991'::bigint),
  CONSTRAINT menu_item_option_values_restaurant_id_option_id_fkey FOREIGN KEY (restaurant_id, option_id) REFERENCES menu_item_options(restaurant_id, id)
);
CREATE INDEX menu_item_option_values_option ON menu_item_option_values USING btree (restaurant_id, option_id);
CREATE TRIGGER guard_delete BEFORE DELETE ON menu_item_option_values FOR EACH ROW EXECUTE FUNCTION refuse_change('menu_item_option_values');
CREATE TRIGGER raise_version BEFORE UPDATE ON menu_item_option_values FOR EACH ROW EXECUTE FUNCTION raise_version();
ALTER TABLE menu_item_option_values ENABLE ROW LEVEL SECURITY;
ALTER TABLE menu_item_option_values FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON menu_item_option_values FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE ON menu_item_option_values TO orderzap_app;
GRANT SELECT ON menu_item_option_values TO orderzap_sync;

CREATE TABLE menu_item_options (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  menu_item_id uuid NOT NULL,
  name text NOT NULL,
  min_select smallint NOT NULL DEFAULT 0,
  max_select smallint NOT NULL DEFAULT 1,
  "position" integer NOT NULL DEFAULT 0,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  deleted_at timestamp with time zone,
  allow_repeat boolean NOT NULL DEFAULT true,
  CONSTRAINT menu_item_options_pkey PRIMARY KEY (restaurant_id, id),
  CONSTRAINT menu_item_options_check CHECK (min_select <= max_select),
  CONSTRAINT menu_item_options_max_select_check CHECK (max_select >= 1 AND max_select <= 50),
  CONSTRAINT menu_item_options_min_select_check CHECK (min_select >= 0),
  CONSTRAINT menu_item_options_name_check CHECK (length(name) >= 1 AND length(name) <= 120),
  CONSTRAINT menu_item_options_restaurant_id_menu_item_id_fkey FOREIGN KEY (restaurant_id, menu_item_id) REFERENCES menu_items(restaurant_id, id)
);
CREATE INDEX menu_item_options_item ON menu_item_options USING btree (restaurant_id, menu_item_id);
CREATE TRIGGER guard_delete BEFORE DELETE ON menu_item_options FOR EACH ROW EXECUTE FUNCTION refuse_change('menu_item_options');
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON menu_item_options FOR EACH ROW EXECUTE FUNCTION outbox_mirror('menu_item_option');
CREATE TRIGGER raise_version BEFORE UPDATE ON menu_item_options FOR EACH ROW EXECUTE FUNCTION raise_version();
ALTER TABLE menu_item_options ENABLE ROW LEVEL SECURITY;
ALTER TABLE menu_item_options FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON menu_item_options FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE ON menu_item_options TO orderzap_app;
GRANT SELECT ON menu_item_options TO orderzap_sync;

CREATE TABLE menu_items (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  category_id uuid NOT NULL,
  name text NOT NULL,
  description text,
  price bigint NOT NULL,
  tags text[] NOT NULL DEFAULT '{}'::text[],
  allergens text[] NOT NULL DEFAULT '{}'::text[],
  image_url text,
  is_available boolean NOT NULL DEFAULT true,
  station text,
  tax_rate_ppm integer,
  "position" integer NOT NULL DEFAULT 0,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  deleted_at timestamp with time zone,
  takeaway_tax_rate_ppm integer,
  item_code text,
  CONSTRAINT menu_items_pkey PRIMARY KEY (restaurant_id, id),
  CONSTRAINT menu_items_code CHECK (length(item_code) >= 1 AND length(item_code) <= 20),
  CONSTRAINT menu_items_description_check CHECK (length(description) <= 1000),
  CONSTRAINT menu_items_image_url_check CHECK (length(image_url) <= 1000),
  CONSTRAINT menu_items_name_check CHECK (length(name) >= 1 AND length(name) <= 120),
  CONSTRAINT menu_items_price_check CHECK (price >= 0 AND price <= '9007199254740991'::bigint),
  CONSTRAINT menu_items_station_check CHECK (length(station) >= 1 AND length(station) <= 60),
  CONSTRAINT menu_items_takeaway_rate CHECK (takeaway_tax_rate_ppm >= 0 AND takeaway_tax_rate_ppm <= 1000000),
  CONSTRAINT menu_items_tax_rate_ppm_check CHECK (tax_rate_ppm >= 0 AND tax_rate_ppm <= 1000000),
  CONSTRAINT menu_items_restaurant_id_category_id_fkey FOREIGN KEY (restaurant_id, category_id) REFERENCES menu_categories(restaurant_id, id)
);
CREATE INDEX idx_menu_items_restaurant_available ON menu_items USING btree (restaurant_id, is_available);
CREATE INDEX menu_items_category ON menu_items USING btree (restaurant_id, category_id);
CREATE TRIGGER guard_delete BEFORE DELETE ON menu_items FOR EACH ROW EXECUTE FUNCTION refuse_change('menu_items');
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON menu_items FOR EACH ROW EXECUTE FUNCTION outbox_mirror('menu_item');
CREATE TRIGGER raise_version BEFORE UPDATE ON menu_items FOR EACH ROW EXECUTE FUNCTION raise_version();
ALTER TABLE menu_items ENABLE ROW LEVEL SECURITY;
ALTER TABLE menu_items FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON menu_items FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE ON menu_items TO orderzap_app;
GRANT SELECT ON menu_items TO orderzap_sync;

CREATE TABLE order_adjustments (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  order_id uuid NOT NULL,
  business_date date NOT NULL,
  kind text NOT NULL,
  item_id uuid,
  quantity smallint,
  amount minor_units,
  rate_ppm rate_ppm,
  reason reason_text,
  subtotal minor_units_signed NOT NULL,
  discount_amount minor_units_signed NOT NULL,
  service_charge_amount minor_units_signed NOT NULL,
  tax_amount minor_units_signed NOT NULL,
  tip_amount minor_units_signed NOT NULL,
  deposit_used minor_units_signed NOT NULL,
  total_amount minor_units_signed NOT NULL,
  taxes jsonb NOT NULL,
  ends_order boolean NOT NULL DEFAULT false,
  refund_id uuid,
  transfer_order_id uuid,
  actor_role actor_role NOT NULL,
  actor_id uuid,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  lines jsonb,
  CONSTRAINT order_adjustments_pkey PRIMARY KEY (restaurant_id, id),
  CONSTRAINT order_adjustments_kind_check CHECK (kind = ANY (ARRAY['void'::text, 'comp'::text, 'discount'::text, 'service_charge_waived'::text, 'cancelled'::text, 'deleted'::text, 'rounding'::text])),
  CONSTRAINT order_adjustments_quantity_check CHECK (quantity >= 1 AND quantity <= 99),
  CONSTRAINT order_adjustments_restaurant_id_order_id_fkey FOREIGN KEY (restaurant_id, order_id) REFERENCES orders(restaurant_id, id)
);
CREATE INDEX order_adjustments_day ON order_adjustments USING btree (restaurant_id, business_date);
CREATE INDEX order_adjustments_order ON order_adjustments USING btree (restaurant_id, order_id);
CREATE TRIGGER check_day BEFORE INSERT ON order_adjustments FOR EACH ROW EXECUTE FUNCTION check_day();
CREATE TRIGGER guard BEFORE DELETE OR UPDATE ON order_adjustments FOR EACH ROW EXECUTE FUNCTION refuse_change('order_adjustments');
ALTER TABLE order_adjustments ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_adjustments FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON order_adjustments FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT ON order_adjustments TO orderzap_app;
GRANT SELECT ON order_adjustments TO orderzap_sync;

CREATE TABLE order_counters (
  restaurant_id uuid NOT NULL,
  business_date date NOT NULL,
  last_number integer NOT NULL,
  CONSTRAINT order_counters_pkey PRIMARY KEY (restaurant_id, business_date),
  CONSTRAINT order_counters_last_number_check CHECK (last_number >= 0),
  CONSTRAINT order_counters_restaurant_id_fkey FOREIGN KEY (restaurant_id) REFERENCES restaurants(id)
) WITH (fillfactor=20);
CREATE INDEX order_counters_old ON order_counters USING btree (business_date) WHERE (business_date > '-infinity'::date);
ALTER TABLE order_counters ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_counters FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON order_counters FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE ON order_counters TO orderzap_app;

CREATE TABLE order_item_customizations (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  order_item_id uuid NOT NULL,
  "position" smallint NOT NULL,
  option_id uuid NOT NULL,
  value_id uuid NOT NULL,
  option_name text NOT NULL,
  value_name text NOT NULL,
  price_modifier bigint NOT NULL,
  quantity smallint NOT NULL DEFAULT 1,
  CONSTRAINT order_item_customizations_pkey PRIMARY KEY (restaurant_id, id),
  CONSTRAINT order_item_customizations_once UNIQUE (restaurant_id, order_item_id, value_id)
);
CREATE TRIGGER find_on_menu AFTER INSERT ON order_item_customizations REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION find_choice_on_menu();
CREATE TRIGGER guard BEFORE DELETE OR UPDATE ON order_item_customizations FOR EACH ROW EXECUTE FUNCTION refuse_change('order_item_customizations');
ALTER TABLE order_item_customizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_item_customizations FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON order_item_customizations FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT ON order_item_customizations TO orderzap_app;
GRANT SELECT ON order_item_customizations TO orderzap_sync;

CREATE TABLE order_items (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  order_id uuid NOT NULL,
  "position" line_position NOT NULL,
  menu_item_id uuid NOT NULL,
  name text NOT NULL,
  price minor_units NOT NULL,
  customization_amount minor_units_signed NOT NULL,
  quantity line_quantity NOT NULL,
  subtotal minor_units NOT NULL,
  tax_rate_ppm rate_ppm NOT NULL,
  station text,
  status line_status NOT NULL DEFAULT 'pending'::text,
  special_instructions text,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  voided_quantity smallint NOT NULL DEFAULT 0,
  preparing_at timestamp with time zone,
  ready_at timestamp with time zone,
  CONSTRAINT order_items_pkey PRIMARY KEY (restaurant_id, id),
  CONSTRAINT order_items_restaurant_id_order_id_fkey FOREIGN KEY (restaurant_id, order_id) REFERENCES orders(restaurant_id, id) DEFERRABLE INITIALLY DEFERRED
) WITH (fillfactor=90);
CREATE INDEX order_items_order ON order_items USING btree (restaurant_id, order_id);
CREATE TRIGGER check_order_item BEFORE INSERT OR UPDATE OF voided_quantity ON order_items FOR EACH ROW EXECUTE FUNCTION check_order_item();
CREATE TRIGGER find_on_menu AFTER INSERT ON order_items REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION find_item_on_menu();
CREATE TRIGGER guard BEFORE UPDATE ON order_items FOR EACH ROW EXECUTE FUNCTION guard_columns('order_items', 'status', 'voided_quantity', 'version', 'updated_at');
CREATE TRIGGER guard_delete BEFORE DELETE ON order_items FOR EACH ROW EXECUTE FUNCTION refuse_change('order_items');
CREATE TRIGGER note_step BEFORE UPDATE OF status ON order_items FOR EACH ROW EXECUTE FUNCTION note_line_step();
CREATE TRIGGER raise_version BEFORE UPDATE ON order_items FOR EACH ROW EXECUTE FUNCTION raise_version();
ALTER TABLE order_items ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_items FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON order_items FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE (status, updated_at, version, voided_quantity) ON order_items TO orderzap_app;
GRANT SELECT ON order_items TO orderzap_sync;

CREATE TABLE order_status_history (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  order_id uuid NOT NULL,
  from_status text,
  to_status text NOT NULL,
  actor_role actor_role NOT NULL,
  actor_id uuid,
  reason reason_text,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  order_item_id uuid,
  CONSTRAINT order_status_history_pkey PRIMARY KEY (restaurant_id, id),
  CONSTRAINT order_status_history_restaurant_id_order_id_fkey FOREIGN KEY (restaurant_id, order_id) REFERENCES orders(restaurant_id, id) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX order_status_history_order ON order_status_history USING btree (restaurant_id, order_id);
CREATE TRIGGER guard BEFORE DELETE OR UPDATE ON order_status_history FOR EACH ROW EXECUTE FUNCTION refuse_change('order_status_history');
ALTER TABLE order_status_history ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_status_history FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON order_status_history FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT ON order_status_history TO orderzap_app;

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
  status order_status NOT NULL DEFAULT 'pending'::text,
  payment_status order_payment_status NOT NULL DEFAULT 'unpaid'::text,
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
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  deleted_at timestamp with time zone,
  changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  discount_reduces_tax boolean NOT NULL DEFAULT false,
  service_charge_ppm integer NOT NULL DEFAULT 0,
  service_charge_tax_rate_ppm integer,
  service_charge_amount bigint NOT NULL DEFAULT 0,
  tax_parts jsonb,
  deposit_id uuid,
  standing jsonb,
  standing_total bigint,
  customer_phone_key text,
  occurred_at timestamp with time zone,
  CONSTRAINT orders_pkey PRIMARY KEY (restaurant_id, id),
  CONSTRAINT orders_number UNIQUE (restaurant_id, business_date, order_number),
  CONSTRAINT orders_restaurant_id_diner_id_fkey FOREIGN KEY (restaurant_id, diner_id) REFERENCES users(restaurant_id, id),
  CONSTRAINT orders_restaurant_id_session_id_fkey FOREIGN KEY (restaurant_id, session_id) REFERENCES sessions(restaurant_id, id),
  CONSTRAINT orders_restaurant_id_staff_id_fkey FOREIGN KEY (restaurant_id, staff_id) REFERENCES staff(restaurant_id, id),
  CONSTRAINT orders_restaurant_id_table_id_fkey FOREIGN KEY (restaurant_id, table_id) REFERENCES tables(restaurant_id, id)
) WITH (fillfactor=90);
CREATE INDEX idx_orders_session_status ON orders USING btree (restaurant_id, session_id, status);
CREATE INDEX orders_changed ON orders USING btree (restaurant_id, changed_xid);
CREATE INDEX orders_deleted ON orders USING btree (restaurant_id, business_date, order_number) WHERE (deleted_at IS NOT NULL);
CREATE INDEX orders_deposit ON orders USING btree (restaurant_id, deposit_id) WHERE (deposit_id IS NOT NULL);
CREATE INDEX orders_due ON orders USING btree (restaurant_id, session_id) WHERE (((payment_status)::text = ANY (ARRAY['unpaid'::text, 'partially_paid'::text])) AND ((status)::text <> 'cancelled'::text) AND (deleted_at IS NULL) AND (session_id IS NOT NULL));
CREATE INDEX orders_phone ON orders USING btree (restaurant_id, customer_phone_key, business_date, order_number) WHERE (customer_phone_key IS NOT NULL);
CREATE INDEX orders_state ON orders USING btree (restaurant_id, status, payment_status, order_type, business_date, order_number) WHERE (deleted_at IS NULL);
CREATE INDEX orders_table ON orders USING btree (restaurant_id, table_id, status, business_date, order_number) WHERE (table_id IS NOT NULL);
CREATE INDEX orders_updated ON orders USING btree (restaurant_id, updated_at);
CREATE TRIGGER check_day BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION check_day();
CREATE TRIGGER check_order BEFORE INSERT OR UPDATE OF standing_total ON orders FOR EACH ROW EXECUTE FUNCTION check_order();
CREATE TRIGGER guard BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION guard_columns('orders', 'status', 'payment_status', 'version', 'updated_at', 'deleted_at', 'table_id', 'session_id', 'standing', 'standing_total');
CREATE TRIGGER guard_delete BEFORE DELETE ON orders FOR EACH ROW EXECUTE FUNCTION refuse_change('orders');
CREATE TRIGGER note_change BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER note_event AFTER INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION note_order_event();
CREATE TRIGGER note_phone BEFORE INSERT ON orders FOR EACH ROW WHEN (new.customer_phone IS NOT NULL) EXECUTE FUNCTION note_phone();
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION outbox_mirror('order');
CREATE TRIGGER raise_version BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION raise_version();
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE orders FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON orders FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE (deleted_at, payment_status, session_id, standing, standing_total, status, table_id, updated_at, version) ON orders TO orderzap_app;
GRANT SELECT ON orders TO orderzap_sync;

CREATE TABLE payment_allocations (
  restaurant_id uuid NOT NULL,
  payment_id uuid NOT NULL,
  order_id uuid NOT NULL,
  amount bigint NOT NULL,
  refunded_amount bigint NOT NULL DEFAULT 0,
  CONSTRAINT payment_allocations_pkey PRIMARY KEY (restaurant_id, payment_id, order_id),
  CONSTRAINT payment_allocations_amount_check CHECK (amount >= 0 AND amount <= '9007199254740991'::bigint),
  CONSTRAINT payment_allocations_refunded CHECK (refunded_amount >= 0 AND refunded_amount <= amount),
  CONSTRAINT payment_allocations_restaurant_id_order_id_fkey FOREIGN KEY (restaurant_id, order_id) REFERENCES orders(restaurant_id, id),
  CONSTRAINT payment_allocations_restaurant_id_payment_id_fkey FOREIGN KEY (restaurant_id, payment_id) REFERENCES payments(restaurant_id, id)
);
CREATE INDEX payment_allocations_order ON payment_allocations USING btree (restaurant_id, order_id);
CREATE TRIGGER guard BEFORE UPDATE ON payment_allocations FOR EACH ROW EXECUTE FUNCTION guard_columns('payment_allocations', 'refunded_amount', 'amount');
CREATE TRIGGER guard_delete BEFORE DELETE ON payment_allocations FOR EACH ROW EXECUTE FUNCTION refuse_change('payment_allocations');
ALTER TABLE payment_allocations ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment_allocations FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON payment_allocations FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE (amount, refunded_amount) ON payment_allocations TO orderzap_app;
GRANT SELECT ON payment_allocations TO orderzap_sync;

CREATE TABLE payment_events (
  restaurant_id uuid NOT NULL,
  provider text NOT NULL,
  event_id text NOT NULL,
  intent_id uuid NOT NULL,
  status text NOT NULL,
  amount bigint NOT NULL,
  currency text NOT NULL,
  provider_ref text,
  payment_id uuid,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  refund_id uuid,
  CONSTRAINT payment_events_pkey PRIMARY KEY (restaurant_id, provider, event_id),
  CONSTRAINT payment_events_amount_check CHECK (amount >= 0 AND amount <= '9007199254740991'::bigint),
  CONSTRAINT payment_events_currency_check CHECK (currency ~ '^[A-Z]{3}$'::text),
  CONSTRAINT payment_events_event_id_check CHECK (length(event_id) >= 1 AND length(event_id) <= 255),
  CONSTRAINT payment_events_provider_ref_check CHECK (length(provider_ref) >= 1 AND length(provider_ref) <= 255),
  CONSTRAINT payment_events_status_check CHECK (status = ANY (ARRAY['captured'::text, 'failed'::text, 'refunded'::text, 'refund_failed'::text])),
  CONSTRAINT payment_events_restaurant_id_intent_id_fkey FOREIGN KEY (restaurant_id, intent_id) REFERENCES payment_intents(restaurant_id, id),
  CONSTRAINT payment_events_restaurant_id_payment_id_fkey FOREIGN KEY (restaurant_id, payment_id) REFERENCES payments(restaurant_id, id)
);
CREATE TRIGGER guard BEFORE DELETE OR UPDATE ON payment_events FOR EACH ROW EXECUTE FUNCTION refuse_change('payment_events');
ALTER TABLE payment_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment_events FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON payment_events FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT ON payment_events TO orderzap_app;

CREATE TABLE payment_intent_allocations (
  restaurant_id uuid NOT NULL,
  intent_id uuid NOT NULL,
  order_id uuid NOT NULL,
  amount bigint NOT NULL,
  CONSTRAINT payment_intent_allocations_pkey PRIMARY KEY (restaurant_id, intent_id, order_id),
  CONSTRAINT payment_intent_allocations_amount_check CHECK (amount >= 1 AND amount <= '9007199254740991'::bigint),
  CONSTRAINT payment_intent_allocations_restaurant_id_intent_id_fkey FOREIGN KEY (restaurant_id, intent_id) REFERENCES payment_intents(restaurant_id, id),
  CONSTRAINT payment_intent_allocations_restaurant_id_order_id_fkey FOREIGN KEY (restaurant_id, order_id) REFERENCES orders(restaurant_id, id)
);
CREATE INDEX payment_intent_allocations_order ON payment_intent_allocations USING btree (restaurant_id, order_id);
CREATE TRIGGER guard BEFORE DELETE OR UPDATE ON payment_intent_allocations FOR EACH ROW EXECUTE FUNCTION refuse_change('payment_intent_allocations');
ALTER TABLE payment_intent_allocations ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment_intent_allocations FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON payment_intent_allocations FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT ON payment_intent_allocations TO orderzap_app;

CREATE TABLE payment_intents (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  order_id uuid,
  session_id uuid,
  diner_id uuid,
  staff_id uuid,
  provider text NOT NULL,
  amount bigint NOT NULL,
  tip_amount bigint NOT NULL DEFAULT 0,
  currency text NOT NULL,
  status text NOT NULL DEFAULT 'pending'::text,
  expires_at timestamp with time zone NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  for_diner_id uuid,
  share_id uuid,
  CONSTRAINT payment_intents_pkey PRIMARY KEY (restaurant_id, id),
  CONSTRAINT payment_intents_amount_check CHECK (amount >= 1 AND amount <= '9007199254740991'::bigint),
  CONSTRAINT payment_intents_check CHECK (num_nonnulls(order_id, session_id) = 1),
  CONSTRAINT payment_intents_currency_check CHECK (currency ~ '^[A-Z]{3}$'::text),
  CONSTRAINT payment_intents_provider_check CHECK (length(provider) >= 1 AND length(provider) <= 60),
  CONSTRAINT payment_intents_status_check CHECK (status = ANY (ARRAY['pending'::text, 'captured'::text, 'failed'::text, 'expired'::text])),
  CONSTRAINT payment_intents_tip_amount_check CHECK (tip_amount >= 0 AND tip_amount <= '9007199254740991'::bigint),
  CONSTRAINT payment_intents_restaurant_id_diner_id_fkey FOREIGN KEY (restaurant_id, diner_id) REFERENCES users(restaurant_id, id),
  CONSTRAINT payment_intents_restaurant_id_order_id_fkey FOREIGN KEY (restaurant_id, order_id) REFERENCES orders(restaurant_id, id),
  CONSTRAINT payment_intents_restaurant_id_session_id_fkey FOREIGN KEY (restaurant_id, session_id) REFERENCES sessions(restaurant_id, id),
  CONSTRAINT payment_intents_restaurant_id_staff_id_fkey FOREIGN KEY (restaurant_id, staff_id) REFERENCES staff(restaurant_id, id)
);
CREATE INDEX payment_intents_expiring ON payment_intents USING btree (expires_at) WHERE ((status = 'pending'::text) AND (expires_at > '-infinity'::timestamp with time zone));
CREATE INDEX payment_intents_order ON payment_intents USING btree (restaurant_id, order_id);
CREATE INDEX payment_intents_pending ON payment_intents USING btree (restaurant_id, diner_id) WHERE (status = 'pending'::text);
CREATE INDEX payment_intents_session ON payment_intents USING btree (restaurant_id, session_id);
CREATE TRIGGER raise_version BEFORE UPDATE ON payment_intents FOR EACH ROW EXECUTE FUNCTION raise_version();
ALTER TABLE payment_intents ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment_intents FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON payment_intents FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE ON payment_intents TO orderzap_app;

CREATE TABLE payment_providers (
  restaurant_id uuid NOT NULL,
  provider text NOT NULL,
  secret_sealed text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT payment_providers_pkey PRIMARY KEY (restaurant_id, provider),
  CONSTRAINT payment_providers_provider_check CHECK (provider ~ '^[a-z0-9][a-z0-9_-]{0,59}$'::text),
  CONSTRAINT payment_providers_secret_sealed_check CHECK (length(secret_sealed) >= 1 AND length(secret_sealed) <= 1000),
  CONSTRAINT payment_providers_restaurant_id_fkey FOREIGN KEY (restaurant_id) REFERENCES restaurants(id)
);
ALTER TABLE payment_providers ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment_providers FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON payment_providers FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT DELETE, INSERT, SELECT, UPDATE ON payment_providers TO orderzap_app;

CREATE TABLE payments (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  business_date date NOT NULL,
  order_id uuid,
  session_id uuid,
  intent_id uuid,
  amount bigint NOT NULL,
  tip_amount bigint NOT NULL DEFAULT 0,
  refunded_amount bigint NOT NULL DEFAULT 0,
  refunded_tip_amount bigint NOT NULL DEFAULT 0,
  currency text NOT NULL,
  method payment_method NOT NULL,
  flag text,
  provider text,
  provider_ref text,
  card_brand text,
  card_last4 text,
  staff_id uuid,
  diner_id uuid,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  purpose text NOT NULL DEFAULT 'bill'::text,
  rounding_amount bigint NOT NULL DEFAULT 0,
  share_id uuid,
  for_diner_id uuid,
  voided_at timestamp with time zone,
  voided_by uuid,
  void_reason text,
  drawer_id uuid,
  CONSTRAINT payments_pkey PRIMARY KEY (restaurant_id, id),
  CONSTRAINT payments_belong CHECK ((num_nonnulls(order_id, session_id) > 0 OR purpose = 'deposit'::text) AND (purpose = ANY (ARRAY['bill'::text, 'deposit'::text])) AND amount >= 0 AND amount <= '9007199254740991'::bigint AND (amount + tip_amount + abs(rounding_amount)) > 0 AND length(void_reason) >= 1 AND length(void_reason) <= 500),
  CONSTRAINT payments_card_brand_check CHECK (length(card_brand) >= 1 AND length(card_brand) <= 30),
  CONSTRAINT payments_card_last4_check CHECK (card_last4 ~ '^[0-9]{4}$'::text),
  CONSTRAINT payments_currency_check CHECK (currency ~ '^[A-Z]{3}$'::text),
  CONSTRAINT payments_flag_check CHECK (flag = ANY (ARRAY['amount_differs'::text, 'currency_differs'::text, 'overpaid'::text, 'duplicate_capture'::text])),
  CONSTRAINT payments_provider_check CHECK (length(provider) >= 1 AND length(provider) <= 60),
  CONSTRAINT payments_provider_ref_check CHECK (length(provider_ref) >= 1 AND length(provider_ref) <= 255),
  CONSTRAINT payments_refunded CHECK (refunded_amount >= 0 AND refunded_amount <= amount),
  CONSTRAINT payments_refunded_tip CHECK (refunded_tip_amount >= 0 AND refunded_tip_amount <= tip_amount),
  CONSTRAINT payments_tip_amount_check CHECK (tip_amount >= 0 AND tip_amount <= '9007199254740991'::bigint),
  CONSTRAINT payments_drawer FOREIGN KEY (restaurant_id, drawer_id) REFERENCES drawers(restaurant_id, id),
  CONSTRAINT payments_restaurant_id_diner_id_fkey FOREIGN KEY (restaurant_id, diner_id) REFERENCES users(restaurant_id, id),
  CONSTRAINT payments_restaurant_id_intent_id_fkey FOREIGN KEY (restaurant_id, intent_id) REFERENCES payment_intents(restaurant_id, id),
  CONSTRAINT payments_restaurant_id_order_id_fkey FOREIGN KEY (restaurant_id, order_id) REFERENCES orders(restaurant_id, id),
  CONSTRAINT payments_restaurant_id_session_id_fkey FOREIGN KEY (restaurant_id, session_id) REFERENCES sessions(restaurant_id, id),
  CONSTRAINT payments_restaurant_id_staff_id_fkey FOREIGN KEY (restaurant_id, staff_id) REFERENCES staff(restaurant_id, id)
);
CREATE INDEX payments_day ON payments USING btree (restaurant_id, business_date);
CREATE INDEX payments_drawer ON payments USING btree (restaurant_id, drawer_id) WHERE (drawer_id IS NOT NULL);
CREATE INDEX payments_intent ON payments USING btree (restaurant_id, intent_id) WHERE (intent_id IS NOT NULL);
CREATE INDEX payments_order ON payments USING btree (restaurant_id, order_id);
CREATE INDEX payments_session ON payments USING btree (restaurant_id, session_id);
CREATE TRIGGER check_day BEFORE INSERT OR UPDATE OF voided_at ON payments FOR EACH ROW EXECUTE FUNCTION check_day();
CREATE TRIGGER check_drawer BEFORE INSERT OR UPDATE OF voided_at ON payments FOR EACH ROW WHEN (new.drawer_id IS NOT NULL) EXECUTE FUNCTION check_drawer();
CREATE TRIGGER guard BEFORE UPDATE ON payments FOR EACH ROW EXECUTE FUNCTION guard_columns('payments', 'version', 'updated_at', 'session_id', 'refunded_amount', 'refunded_tip_amount', 'voided_at', 'voided_by', 'void_reason');
CREATE TRIGGER guard_delete BEFORE DELETE ON payments FOR EACH ROW EXECUTE FUNCTION refuse_change('payments');
CREATE TRIGGER note_event AFTER INSERT OR UPDATE ON payments FOR EACH ROW EXECUTE FUNCTION note_event('payment');
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON payments FOR EACH ROW EXECUTE FUNCTION outbox_mirror('payment');
CREATE TRIGGER raise_version BEFORE UPDATE ON payments FOR EACH ROW EXECUTE FUNCTION raise_version();
ALTER TABLE payments ENABLE ROW LEVEL SECURITY;
ALTER TABLE payments FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON payments FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE (refunded_amount, refunded_tip_amount, session_id, updated_at, version, void_reason, voided_at, voided_by) ON payments TO orderzap_app;
GRANT SELECT ON payments TO orderzap_sync;

CREATE TABLE qr_codes (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  table_id uuid NOT NULL,
  code text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  retired_at timestamp with time zone,
  CONSTRAINT qr_codes_pkey PRIMARY KEY (restaurant_id, id),
  CONSTRAINT qr_codes_restaurant_id_code_key UNIQUE (restaurant_id, code),
  CONSTRAINT qr_codes_code_check CHECK (code ~ '^[0-9A-Za-z_-]{8,64}$'::text),
  CONSTRAINT qr_codes_restaurant_id_table_id_fkey FOREIGN KEY (restaurant_id, table_id) REFERENCES tables(restaurant_id, id)
);
CREATE UNIQUE INDEX qr_codes_current ON qr_codes USING btree (restaurant_id, table_id) WHERE (retired_at IS NULL);
ALTER TABLE qr_codes ENABLE ROW LEVEL SECURITY;
ALTER TABLE qr_codes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON qr_codes FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE ON qr_codes TO orderzap_app;

CREATE TABLE receipt_counters (
  restaurant_id uuid NOT NULL,
  kind text NOT NULL,
  fiscal_year integer NOT NULL,
  last_number integer NOT NULL,
  CONSTRAINT receipt_counters_pkey PRIMARY KEY (restaurant_id, kind, fiscal_year),
  CONSTRAINT receipt_counters_kind_check CHECK (kind = ANY (ARRAY['receipt'::text, 'credit_note'::text])),
  CONSTRAINT receipt_counters_last_number_check CHECK (last_number > 0),
  CONSTRAINT receipt_counters_restaurant_id_fkey FOREIGN KEY (restaurant_id) REFERENCES restaurants(id)
) WITH (fillfactor=20);
ALTER TABLE receipt_counters ENABLE ROW LEVEL SECURITY;
ALTER TABLE receipt_counters FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON receipt_counters FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE ON receipt_counters TO orderzap_app;

CREATE TABLE receipt_orders (
  restaurant_id uuid NOT NULL,
  receipt_id uuid NOT NULL,
  order_id uuid NOT NULL,
  covers text NOT NULL,
  CONSTRAINT receipt_orders_pkey PRIMARY KEY (restaurant_id, receipt_id, order_id),
  CONSTRAINT receipt_orders_covers_check CHECK (covers = ANY (ARRAY['order'::text, 'part'::text, 'correction'::text])),
  CONSTRAINT receipt_orders_restaurant_id_order_id_fkey FOREIGN KEY (restaurant_id, order_id) REFERENCES orders(restaurant_id, id),
  CONSTRAINT receipt_orders_restaurant_id_receipt_id_fkey FOREIGN KEY (restaurant_id, receipt_id) REFERENCES receipts(restaurant_id, id)
);
CREATE UNIQUE INDEX receipt_orders_once ON receipt_orders USING btree (restaurant_id, order_id) WHERE (covers = 'order'::text);
CREATE INDEX receipt_orders_order ON receipt_orders USING btree (restaurant_id, order_id);
CREATE TRIGGER guard BEFORE DELETE OR UPDATE ON receipt_orders FOR EACH ROW EXECUTE FUNCTION refuse_change('receipt_orders');
ALTER TABLE receipt_orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE receipt_orders FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON receipt_orders FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT ON receipt_orders TO orderzap_app;
GRANT SELECT ON receipt_orders TO orderzap_sync;

CREATE TABLE receipts (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL,
  fiscal_year integer NOT NULL,
  number integer NOT NULL,
  reference text NOT NULL,
  business_date date NOT NULL,
  session_id uuid,
  share_id uuid,
  is_part boolean NOT NULL DEFAULT false,
  corrects_id uuid,
  payment_id uuid,
  total_amount minor_units_signed NOT NULL,
  figures jsonb NOT NULL,
  document json NOT NULL,
  staff_id uuid,
  issued_at timestamp with time zone NOT NULL,
  printed_at timestamp with time zone,
  version bigint NOT NULL DEFAULT 1,
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT receipts_pkey PRIMARY KEY (restaurant_id, id),
  CONSTRAINT receipts_number UNIQUE (restaurant_id, kind, fiscal_year, number),
  CONSTRAINT receipts_corrects CHECK ((kind = 'credit_note'::text) = (corrects_id IS NOT NULL)),
  CONSTRAINT receipts_kind_check CHECK (kind = ANY (ARRAY['receipt'::text, 'credit_note'::text])),
  CONSTRAINT receipts_number_check CHECK (number > 0),
  CONSTRAINT receipts_restaurant_id_corrects_id_fkey FOREIGN KEY (restaurant_id, corrects_id) REFERENCES receipts(restaurant_id, id),
  CONSTRAINT receipts_restaurant_id_payment_id_fkey FOREIGN KEY (restaurant_id, payment_id) REFERENCES payments(restaurant_id, id),
  CONSTRAINT receipts_restaurant_id_session_id_fkey FOREIGN KEY (restaurant_id, session_id) REFERENCES sessions(restaurant_id, id),
  CONSTRAINT receipts_restaurant_id_share_id_fkey FOREIGN KEY (restaurant_id, share_id) REFERENCES shares(restaurant_id, id),
  CONSTRAINT receipts_restaurant_id_staff_id_fkey FOREIGN KEY (restaurant_id, staff_id) REFERENCES staff(restaurant_id, id)
);
CREATE INDEX receipts_corrected ON receipts USING btree (restaurant_id, corrects_id) WHERE (corrects_id IS NOT NULL);
CREATE INDEX receipts_day ON receipts USING btree (restaurant_id, business_date, id);
CREATE INDEX receipts_payment ON receipts USING btree (restaurant_id, payment_id) WHERE (payment_id IS NOT NULL);
CREATE INDEX receipts_share ON receipts USING btree (restaurant_id, share_id) WHERE (share_id IS NOT NULL);
CREATE TRIGGER check_day BEFORE INSERT ON receipts FOR EACH ROW EXECUTE FUNCTION check_day();
CREATE TRIGGER guard BEFORE UPDATE ON receipts FOR EACH ROW EXECUTE FUNCTION guard_columns('receipts', 'printed_at', 'version', 'updated_at');
CREATE TRIGGER guard_delete BEFORE DELETE ON receipts FOR EACH ROW EXECUTE FUNCTION refuse_change('receipts');
CREATE TRIGGER guard_printed BEFORE UPDATE ON receipts FOR EACH ROW WHEN (old.printed_at IS NOT NULL AND new.printed_at IS DISTINCT FROM old.printed_at) EXECUTE FUNCTION refuse_change('receipts');
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON receipts FOR EACH ROW EXECUTE FUNCTION outbox_mirror('receipt');
CREATE TRIGGER raise_version BEFORE UPDATE ON receipts FOR EACH ROW EXECUTE FUNCTION raise_version();
ALTER TABLE receipts ENABLE ROW LEVEL SECURITY;
ALTER TABLE receipts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON receipts FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE (printed_at) ON receipts TO orderzap_app;
GRANT SELECT ON receipts TO orderzap_sync;

CREATE TABLE refresh_tokens (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  family_id uuid NOT NULL,
  staff_id uuid NOT NULL,
  token_hash bytea NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  expires_at timestamp with time zone NOT NULL,
  used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  parent_id uuid,
  CONSTRAINT refresh_tokens_pkey PRIMARY KEY (restaurant_id, id),
  CONSTRAINT refresh_tokens_restaurant_id_token_hash_key UNIQUE (restaurant_id, token_hash),
  CONSTRAINT refresh_tokens_restaurant_id_staff_id_fkey FOREIGN KEY (restaurant_id, staff_id) REFERENCES staff(restaurant_id, id)
);
CREATE INDEX refresh_tokens_expiring ON refresh_tokens USING btree (expires_at) WHERE (expires_at > '-infinity'::timestamp with time zone);
CREATE INDEX refresh_tokens_family ON refresh_tokens USING btree (restaurant_id, family_id);
CREATE INDEX refresh_tokens_staff ON refresh_tokens USING btree (restaurant_id, staff_id);
ALTER TABLE refresh_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE refresh_tokens FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON refresh_tokens FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE ON refresh_tokens TO orderzap_app;

CREATE TABLE refunds (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  business_date date NOT NULL,
  payment_id uuid NOT NULL,
  amount bigint NOT NULL,
  tip_amount bigint NOT NULL DEFAULT 0,
  reason text NOT NULL,
  staff_id uuid NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  reopens_due boolean NOT NULL DEFAULT false,
  rounding_amount bigint NOT NULL DEFAULT 0,
  order_id uuid,
  status text NOT NULL DEFAULT 'done'::text,
  credit_amount bigint NOT NULL DEFAULT 0,
  flag text,
  drawer_id uuid,
  CONSTRAINT refunds_pkey PRIMARY KEY (restaurant_id, id),
  CONSTRAINT refunds_amount_check CHECK (amount >= 0 AND amount <= '9007199254740991'::bigint),
  CONSTRAINT refunds_reason_check CHECK (length(reason) >= 1 AND length(reason) <= 500),
  CONSTRAINT refunds_something CHECK ((amount + tip_amount + abs(rounding_amount)) > 0),
  CONSTRAINT refunds_status CHECK (status = ANY (ARRAY['pending'::text, 'done'::text, 'failed'::text])),
  CONSTRAINT refunds_tip_amount_check CHECK (tip_amount >= 0 AND tip_amount <= '9007199254740991'::bigint),
  CONSTRAINT refunds_drawer FOREIGN KEY (restaurant_id, drawer_id) REFERENCES drawers(restaurant_id, id),
  CONSTRAINT refunds_restaurant_id_payment_id_fkey FOREIGN KEY (restaurant_id, payment_id) REFERENCES payments(restaurant_id, id),
  CONSTRAINT refunds_restaurant_id_staff_id_fkey FOREIGN KEY (restaurant_id, staff_id) REFERENCES staff(restaurant_id, id)
);
CREATE INDEX refunds_day ON refunds USING btree (restaurant_id, business_date);
CREATE INDEX refunds_drawer ON refunds USING btree (restaurant_id, drawer_id) WHERE (drawer_id IS NOT NULL);
CREATE INDEX refunds_payment ON refunds USING btree (restaurant_id, payment_id);
CREATE TRIGGER check_day BEFORE INSERT OR UPDATE OF status ON refunds FOR EACH ROW EXECUTE FUNCTION check_day();
CREATE TRIGGER check_drawer BEFORE INSERT ON refunds FOR EACH ROW WHEN (new.drawer_id IS NOT NULL) EXECUTE FUNCTION check_drawer();
CREATE TRIGGER guard BEFORE UPDATE ON refunds FOR EACH ROW EXECUTE FUNCTION guard_columns('refunds', 'status', 'amount', 'tip_amount', 'flag', 'rounding_amount', 'business_date');
CREATE TRIGGER guard_delete BEFORE DELETE ON refunds FOR EACH ROW EXECUTE FUNCTION refuse_change('refunds');
CREATE TRIGGER guard_done BEFORE UPDATE ON refunds FOR EACH ROW WHEN (old.status = 'done'::text) EXECUTE FUNCTION refuse_change('refunds');
ALTER TABLE refunds ENABLE ROW LEVEL SECURITY;
ALTER TABLE refunds FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON refunds FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE (amount, business_date, flag, rounding_amount, status, tip_amount) ON refunds TO orderzap_app;
GRANT SELECT ON refunds TO orderzap_sync;

CREATE TABLE restaurants (
  id uuid NOT NULL,
  slug text NOT NULL,
  name text NOT NULL,
  currency text NOT NULL,
  timezone text NOT NULL,
  business_day_start time without time zone NOT NULL DEFAULT '04:00:00'::time without time zone,
  tax_rate_ppm integer NOT NULL DEFAULT 50000,
  prices_include_tax boolean NOT NULL DEFAULT false,
  pin_length smallint NOT NULL DEFAULT 4,
  session_expiry_minutes integer NOT NULL DEFAULT 180,
  session_opening text NOT NULL DEFAULT 'diner'::text,
  is_open boolean NOT NULL DEFAULT true,
  menu_version bigint NOT NULL DEFAULT 1,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  takeaway_tax_rate_ppm integer,
  takeaway_at_tables boolean NOT NULL DEFAULT false,
  discount_reduces_tax boolean NOT NULL DEFAULT true,
  service_charge_ppm integer NOT NULL DEFAULT 0,
  service_charge_tax_rate_ppm integer,
  tax_parts jsonb,
  cash_rounding integer,
  round_all_methods boolean NOT NULL DEFAULT false,
  legal_name text,
  address text,
  tax_number text,
  receipt_footer text,
  receipts_are_fiscal boolean NOT NULL DEFAULT true,
  receipt_at_settlement boolean NOT NULL DEFAULT false,
  fiscal_year_start text NOT NULL DEFAULT '01-01'::text,
  opening_hours jsonb,
  day_close_hours smallint DEFAULT 24,
  closed_through date,
  CONSTRAINT restaurants_pkey PRIMARY KEY (id),
  CONSTRAINT restaurants_currency_check CHECK (currency ~ '^[A-Z]{3}$'::text),
  CONSTRAINT restaurants_name_check CHECK (length(name) >= 1 AND length(name) <= 120),
  CONSTRAINT restaurants_papers CHECK (length(legal_name) >= 1 AND length(legal_name) <= 200 AND length(address) >= 1 AND length(address) <= 500 AND length(tax_number) >= 1 AND length(tax_number) <= 60 AND length(receipt_footer) >= 1 AND length(receipt_footer) <= 1000 AND fiscal_year_start ~ '^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'::text AND day_close_hours >= 0 AND day_close_hours <= 720),
  CONSTRAINT restaurants_pin_length_check CHECK (pin_length >= 4 AND pin_length <= 8),
  CONSTRAINT restaurants_session_expiry_minutes_check CHECK (session_expiry_minutes >= 5 AND session_expiry_minutes <= 1440),
  CONSTRAINT restaurants_session_opening_check CHECK (session_opening = ANY (ARRAY['diner'::text, 'staff'::text])),
  CONSTRAINT restaurants_slug_check CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text AND length(slug) <= 63),
  CONSTRAINT restaurants_tax_rate_ppm_check CHECK (tax_rate_ppm >= 0 AND tax_rate_ppm <= 1000000),
  CONSTRAINT restaurants_terms CHECK (takeaway_tax_rate_ppm >= 0 AND takeaway_tax_rate_ppm <= 1000000 AND service_charge_ppm >= 0 AND service_charge_ppm <= 1000000 AND service_charge_tax_rate_ppm >= 0 AND service_charge_tax_rate_ppm <= 1000000 AND cash_rounding >= 1 AND cash_rounding <= 100000)
) WITH (fillfactor=70);
CREATE TRIGGER check_closed_through BEFORE UPDATE OF closed_through ON restaurants FOR EACH ROW EXECUTE FUNCTION check_closed_through();
CREATE TRIGGER note_event AFTER UPDATE OF menu_version ON restaurants FOR EACH ROW EXECUTE FUNCTION note_event('menu');
CREATE TRIGGER raise_menu_version BEFORE UPDATE OF slug, name, currency, timezone, tax_rate_ppm, prices_include_tax, pin_length, session_opening, is_open, takeaway_tax_rate_ppm, takeaway_at_tables, service_charge_ppm, service_charge_tax_rate_ppm, address, tax_number, opening_hours ON restaurants FOR EACH ROW EXECUTE FUNCTION raise_menu_version();
CREATE TRIGGER raise_version BEFORE UPDATE OF slug, name, currency, timezone, business_day_start, tax_rate_ppm, prices_include_tax, pin_length, session_expiry_minutes, session_opening, is_open, takeaway_tax_rate_ppm, takeaway_at_tables, discount_reduces_tax, service_charge_ppm, service_charge_tax_rate_ppm, tax_parts, cash_rounding, round_all_methods, legal_name, address, tax_number, receipt_footer, receipts_are_fiscal, receipt_at_settlement, fiscal_year_start, opening_hours, day_close_hours, version ON restaurants FOR EACH ROW EXECUTE FUNCTION raise_version();
ALTER TABLE restaurants ENABLE ROW LEVEL SECURITY;
ALTER TABLE restaurants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON restaurants FOR ALL TO public
  USING ((id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT SELECT, UPDATE (address, business_day_start, cash_rounding, closed_through, currency, day_close_hours, discount_reduces_tax, fiscal_year_start, is_open, legal_name, menu_version, name, opening_hours, pin_length, prices_include_tax, receipt_at_settlement, receipt_footer, receipts_are_fiscal, round_all_methods, service_charge_ppm, service_charge_tax_rate_ppm, session_expiry_minutes, session_opening, takeaway_at_tables, takeaway_tax_rate_ppm, tax_number, tax_parts, tax_rate_ppm, timezone, updated_at, version) ON restaurants TO orderzap_app;
GRANT SELECT ON restaurants TO orderzap_sync;

CREATE TABLE schema_migrations (
  kind text NOT NULL,
  name text NOT NULL,
  checksum text NOT NULL,
  applied_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT schema_migrations_pkey PRIMARY KEY (kind, name)
);
GRANT SELECT ON schema_migrations TO orderzap_app;

CREATE TABLE service_calls (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  session_id uuid NOT NULL,
  table_id uuid NOT NULL,
  diner_id uuid,
  kind text NOT NULL,
  message text,
  acknowledged_by uuid,
  acknowledged_at timestamp with time zone,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  CONSTRAINT service_calls_pkey PRIMARY KEY (restaurant_id, id),
  CONSTRAINT service_calls_kind_check CHECK (kind = ANY (ARRAY['call'::text, 'bill'::text, 'water'::text, 'other'::text])),
  CONSTRAINT service_calls_message_check CHECK (length(message) >= 1 AND length(message) <= 500),
  CONSTRAINT service_calls_restaurant_id_acknowledged_by_fkey FOREIGN KEY (restaurant_id, acknowledged_by) REFERENCES staff(restaurant_id, id),
  CONSTRAINT service_calls_restaurant_id_diner_id_fkey FOREIGN KEY (restaurant_id, diner_id) REFERENCES users(restaurant_id, id),
  CONSTRAINT service_calls_restaurant_id_session_id_fkey FOREIGN KEY (restaurant_id, session_id) REFERENCES sessions(restaurant_id, id),
  CONSTRAINT service_calls_restaurant_id_table_id_fkey FOREIGN KEY (restaurant_id, table_id) REFERENCES tables(restaurant_id, id)
);
CREATE INDEX service_calls_acknowledged ON service_calls USING btree (restaurant_id, id) WHERE (acknowledged_at IS NOT NULL);
CREATE INDEX service_calls_changed ON service_calls USING btree (restaurant_id, changed_xid);
CREATE INDEX service_calls_open ON service_calls USING btree (restaurant_id, created_at) WHERE (acknowledged_at IS NULL);
CREATE INDEX service_calls_session ON service_calls USING btree (restaurant_id, session_id);
CREATE INDEX service_calls_waiting ON service_calls USING btree (restaurant_id, id) WHERE (acknowledged_at IS NULL);
CREATE TRIGGER note_change BEFORE UPDATE ON service_calls FOR EACH ROW EXECUTE FUNCTION note_change();
CREATE TRIGGER note_event AFTER INSERT OR UPDATE ON service_calls FOR EACH ROW EXECUTE FUNCTION note_event('service_call');
CREATE TRIGGER raise_version BEFORE UPDATE ON service_calls FOR EACH ROW EXECUTE FUNCTION raise_version();
ALTER TABLE service_calls ENABLE ROW LEVEL SECURITY;
ALTER TABLE service_calls FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON service_calls FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE ON service_calls TO orderzap_app;

CREATE TABLE session_activity_log (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  session_id uuid NOT NULL,
  action short_name NOT NULL,
  actor_role actor_role NOT NULL,
  actor_id uuid,
  details jsonb NOT NULL DEFAULT '{}'::jsonb,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  from_table_id uuid,
  CONSTRAINT session_activity_log_pkey PRIMARY KEY (restaurant_id, id),
  CONSTRAINT session_activity_log_restaurant_id_session_id_fkey FOREIGN KEY (restaurant_id, session_id) REFERENCES sessions(restaurant_id, id)
);
CREATE INDEX session_activity_log_left ON session_activity_log USING btree (restaurant_id, from_table_id, created_at) WHERE (from_table_id IS NOT NULL);
CREATE INDEX session_activity_log_session ON session_activity_log USING btree (restaurant_id, session_id);
CREATE TRIGGER guard BEFORE DELETE OR UPDATE ON session_activity_log FOR EACH ROW EXECUTE FUNCTION refuse_change('session_activity_log');
ALTER TABLE session_activity_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE session_activity_log FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON session_activity_log FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT ON session_activity_log TO orderzap_app;

CREATE TABLE sessions (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  table_id uuid NOT NULL,
  status text NOT NULL DEFAULT 'active'::text,
  opened_by text NOT NULL,
  opened_by_staff_id uuid,
  pin_hash bytea NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  closed_at timestamp with time zone,
  closed_by_staff_id uuid,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  changed_xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  sums text,
  pushed_at timestamp with time zone,
  has_credit boolean NOT NULL DEFAULT false,
  guest_count smallint,
  CONSTRAINT sessions_pkey PRIMARY KEY (restaurant_id, id),
  CONSTRAINT sessions_restaurant_id_closed_by_staff_id_fkey FOREIGN KEY (restaurant_id, closed_by_staff_id) REFERENCES staff(restaurant_id, id),
  CONSTRAINT sessions_restaurant_id_opened_by_staff_id_fkey FOREIGN KEY (restaurant_id, opened_by_staff_id) REFERENCES staff(restaurant_id, id),
  CONSTRAINT sessions_restaurant_id_table_id_fkey FOREIGN KEY (restaurant_id, table_id) REFERENCES tables(restaurant_id, id)
) WITH (fillfactor=70);
CREATE INDEX idx_sessions_restaurant_status ON sessions USING btree (restaurant_id, status);
CREATE UNIQUE INDEX sessions_active_table ON sessions USING btree (restaurant_id, table_id) WHERE (status = 'active'::text);
CREATE INDEX sessions_changed ON sessions USING btree (restaurant_id, changed_xid);
CREATE INDEX sessions_credit ON sessions USING btree (restaurant_id, id) WHERE has_credit;
CREATE INDEX sessions_ended ON sessions USING btree (restaurant_id, status, id) WHERE (status <> 'active'::text);
CREATE INDEX sessions_expiring ON sessions USING btree (expires_at) WHERE ((status = 'active'::text) AND (expires_at > '-infinity'::timestamp with time zone));
CREATE INDEX sessions_table ON sessions USING btree (restaurant_id, table_id, created_at);
CREATE TRIGGER check_session BEFORE INSERT OR UPDATE OF status, opened_by, closed_at, guest_count ON sessions FOR EACH ROW EXECUTE FUNCTION check_session();
CREATE TRIGGER note_change BEFORE UPDATE OF table_id, status, pin_hash, expires_at, closed_at, version, changed_xid, guest_count ON sessions FOR EACH ROW WHEN (NOT new.pushed_at IS DISTINCT FROM old.pushed_at) EXECUTE FUNCTION note_change();
CREATE TRIGGER note_event AFTER UPDATE OF table_id, status, expires_at, closed_at, version, guest_count ON sessions FOR EACH ROW WHEN (NOT new.pushed_at IS DISTINCT FROM old.pushed_at) EXECUTE FUNCTION note_event('session');
CREATE TRIGGER note_event_new AFTER INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION note_event('session');
CREATE TRIGGER outbox_mirror AFTER UPDATE OF table_id, status, pin_hash, expires_at, closed_at, version, guest_count ON sessions FOR EACH ROW WHEN (NOT new.pushed_at IS DISTINCT FROM old.pushed_at) EXECUTE FUNCTION outbox_mirror('session');
CREATE TRIGGER outbox_mirror_new AFTER INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION outbox_mirror('session');
CREATE TRIGGER raise_version BEFORE UPDATE OF table_id, status, pin_hash, expires_at, closed_at, version, guest_count ON sessions FOR EACH ROW WHEN (NOT new.pushed_at IS DISTINCT FROM old.pushed_at) EXECUTE FUNCTION raise_version();
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON sessions FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE ON sessions TO orderzap_app;
GRANT SELECT ON sessions TO orderzap_sync;

CREATE TABLE shares (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  session_id uuid NOT NULL,
  split_by text NOT NULL,
  label text,
  diner_id uuid,
  is_rest boolean NOT NULL DEFAULT false,
  items jsonb,
  amount bigint NOT NULL,
  paid bigint NOT NULL DEFAULT 0,
  created_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamp with time zone,
  is_cut boolean NOT NULL DEFAULT false,
  CONSTRAINT shares_pkey PRIMARY KEY (restaurant_id, id),
  CONSTRAINT shares_amount_check CHECK (amount >= 0 AND amount <= '9007199254740991'::bigint),
  CONSTRAINT shares_label_check CHECK (length(label) >= 1 AND length(label) <= 60),
  CONSTRAINT shares_paid_check CHECK (paid >= 0 AND paid <= '9007199254740991'::bigint),
  CONSTRAINT shares_split_by_check CHECK (split_by = ANY (ARRAY['diner'::text, 'equal'::text, 'item'::text])),
  CONSTRAINT shares_restaurant_id_diner_id_fkey FOREIGN KEY (restaurant_id, diner_id) REFERENCES users(restaurant_id, id),
  CONSTRAINT shares_restaurant_id_session_id_fkey FOREIGN KEY (restaurant_id, session_id) REFERENCES sessions(restaurant_id, id)
);
CREATE INDEX shares_session ON shares USING btree (restaurant_id, session_id);
CREATE TRIGGER guard_delete BEFORE DELETE ON shares FOR EACH ROW EXECUTE FUNCTION refuse_change('shares');
ALTER TABLE shares ENABLE ROW LEVEL SECURITY;
ALTER TABLE shares FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON shares FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE ON shares TO orderzap_app;

CREATE TABLE shift_notes (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  business_date date NOT NULL,
  staff_id uuid NOT NULL,
  note text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT shift_notes_pkey PRIMARY KEY (restaurant_id, id),
  CONSTRAINT shift_notes_note_check CHECK (length(note) >= 1 AND length(note) <= 2000),
  CONSTRAINT shift_notes_restaurant_id_staff_id_fkey FOREIGN KEY (restaurant_id, staff_id) REFERENCES staff(restaurant_id, id)
);
CREATE INDEX shift_notes_day ON shift_notes USING btree (restaurant_id, business_date, id);
CREATE TRIGGER guard BEFORE DELETE OR UPDATE ON shift_notes FOR EACH ROW EXECUTE FUNCTION refuse_change('shift_notes');
ALTER TABLE shift_notes ENABLE ROW LEVEL SECURITY;
ALTER TABLE shift_notes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON shift_notes FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT ON shift_notes TO orderzap_app;

CREATE TABLE slugs (
  slug text NOT NULL,
  restaurant_id uuid NOT NULL,
  CONSTRAINT slugs_pkey PRIMARY KEY (slug),
  CONSTRAINT slugs_slug_check CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text AND length(slug) <= 63)
);
GRANT SELECT ON slugs TO orderzap_app;
GRANT SELECT ON slugs TO orderzap_relay;
GRANT SELECT ON slugs TO orderzap_sync;

CREATE TABLE staff (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  email text NOT NULL,
  display_name text NOT NULL,
  role actor_role NOT NULL,
  password_hash text NOT NULL,
  is_active boolean NOT NULL DEFAULT true,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  deleted_at timestamp with time zone,
  CONSTRAINT staff_pkey PRIMARY KEY (restaurant_id, id),
  CONSTRAINT staff_restaurant_id_email_key UNIQUE (restaurant_id, email),
  CONSTRAINT staff_display_name_check CHECK (length(display_name) >= 1 AND length(display_name) <= 120),
  CONSTRAINT staff_email_check CHECK (email = lower(email) AND length(email) >= 3 AND length(email) <= 254),
  CONSTRAINT staff_role_check CHECK (role::text <> ALL (ARRAY['diner'::text, 'system'::text])),
  CONSTRAINT staff_restaurant_id_fkey FOREIGN KEY (restaurant_id) REFERENCES restaurants(id)
);
CREATE TRIGGER raise_version BEFORE UPDATE OF email, display_name, role, password_hash, is_active, deleted_at, version ON staff FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE TRIGGER replace_channel AFTER UPDATE OF role, password_hash, is_active, deleted_at ON staff FOR EACH ROW WHEN (old.role::text IS DISTINCT FROM new.role::text OR old.password_hash IS DISTINCT FROM new.password_hash OR old.is_active IS DISTINCT FROM new.is_active OR old.deleted_at IS DISTINCT FROM new.deleted_at) EXECUTE FUNCTION replace_channel('r');
ALTER TABLE staff ENABLE ROW LEVEL SECURITY;
ALTER TABLE staff FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON staff FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE ON staff TO orderzap_app;

CREATE TABLE sync_logs (
  restaurant_id uuid NOT NULL,
  entity_type short_name NOT NULL,
  entity_id uuid NOT NULL,
  entity_version bigint NOT NULL,
  convex_sync_status mirror_status NOT NULL DEFAULT 'pending'::text,
  convex_sync_attempts integer NOT NULL DEFAULT 0,
  convex_error text,
  outage_attempts integer NOT NULL DEFAULT 0,
  pending_since timestamp with time zone NOT NULL DEFAULT now(),
  rejected_since timestamp with time zone,
  next_attempt_at timestamp with time zone NOT NULL,
  locked_until timestamp with time zone,
  last_sync_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL,
  CONSTRAINT sync_logs_pkey PRIMARY KEY (restaurant_id, entity_type, entity_id)
) WITH (fillfactor=80);
CREATE INDEX sync_logs_dead ON sync_logs USING btree (restaurant_id) WHERE ((convex_sync_status)::text = 'dead'::text);
CREATE INDEX sync_logs_due ON sync_logs USING btree (restaurant_id, next_attempt_at) WHERE ((convex_sync_status)::text = 'pending'::text);
CREATE INDEX sync_logs_sent ON sync_logs USING btree (last_sync_at) WHERE (((convex_sync_status)::text = 'synced'::text) AND (last_sync_at > '-infinity'::timestamp with time zone));
ALTER TABLE sync_logs ENABLE ROW LEVEL SECURITY;
ALTER TABLE sync_logs FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON sync_logs FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE ON sync_logs TO orderzap_app;
GRANT DELETE, INSERT, SELECT, UPDATE ON sync_logs TO orderzap_sync;

CREATE TABLE sync_queue (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  caller text NOT NULL,
  client_id text NOT NULL,
  change_id text NOT NULL,
  type text NOT NULL,
  payload jsonb NOT NULL,
  status text NOT NULL,
  result jsonb NOT NULL DEFAULT '{}'::jsonb,
  occurred_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT sync_queue_pkey PRIMARY KEY (restaurant_id, id),
  CONSTRAINT sync_queue_once UNIQUE (restaurant_id, caller, client_id, change_id),
  CONSTRAINT sync_queue_caller_check CHECK (length(caller) >= 1 AND length(caller) <= 60),
  CONSTRAINT sync_queue_change_id_check CHECK (length(change_id) >= 1 AND length(change_id) <= 255),
  CONSTRAINT sync_queue_client_id_check CHECK (length(client_id) >= 1 AND length(client_id) <= 255),
  CONSTRAINT sync_queue_status_check CHECK (status = ANY (ARRAY['applied'::text, 'rejected'::text])),
  CONSTRAINT sync_queue_type_check CHECK (length(type) >= 1 AND length(type) <= 60),
  CONSTRAINT sync_queue_restaurant_id_fkey FOREIGN KEY (restaurant_id) REFERENCES restaurants(id)
);
ALTER TABLE sync_queue ENABLE ROW LEVEL SECURITY;
ALTER TABLE sync_queue FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON sync_queue FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT ON sync_queue TO orderzap_app;

CREATE TABLE sync_state (
  name text NOT NULL,
  last_success_at timestamp with time zone,
  halted_at timestamp with time zone,
  halted_because text,
  reaped_at timestamp with time zone,
  CONSTRAINT sync_state_pkey PRIMARY KEY (name)
);
GRANT SELECT ON sync_state TO orderzap_app;
GRANT SELECT (name, reaped_at), UPDATE (reaped_at) ON sync_state TO orderzap_cleanup;
GRANT SELECT, UPDATE ON sync_state TO orderzap_sync;

CREATE TABLE tables (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  name text NOT NULL,
  seats smallint NOT NULL,
  zone text,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  deleted_at timestamp with time zone,
  CONSTRAINT tables_pkey PRIMARY KEY (restaurant_id, id),
  CONSTRAINT tables_name_check CHECK (length(name) >= 1 AND length(name) <= 60),
  CONSTRAINT tables_seats_check CHECK (seats >= 1 AND seats <= 500),
  CONSTRAINT tables_zone_check CHECK (length(zone) >= 1 AND length(zone) <= 60),
  CONSTRAINT tables_restaurant_id_fkey FOREIGN KEY (restaurant_id) REFERENCES restaurants(id)
);
CREATE UNIQUE INDEX tables_name ON tables USING btree (restaurant_id, name) WHERE (deleted_at IS NULL);
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON tables FOR EACH ROW EXECUTE FUNCTION outbox_mirror('table');
CREATE TRIGGER raise_version BEFORE UPDATE ON tables FOR EACH ROW EXECUTE FUNCTION raise_version();
ALTER TABLE tables ENABLE ROW LEVEL SECURITY;
ALTER TABLE tables FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON tables FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE ON tables TO orderzap_app;
GRANT SELECT ON tables TO orderzap_sync;

CREATE TABLE users (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  session_id uuid NOT NULL,
  display_name text NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  removed_at timestamp with time zone,
  sign_in_id uuid,
  link_hash bytea,
  link_expires_at timestamp with time zone,
  CONSTRAINT users_pkey PRIMARY KEY (restaurant_id, id),
  CONSTRAINT users_display_name_check CHECK (length(display_name) >= 1 AND length(display_name) <= 60),
  CONSTRAINT users_restaurant_id_session_id_fkey FOREIGN KEY (restaurant_id, session_id) REFERENCES sessions(restaurant_id, id)
);
CREATE INDEX users_link ON users USING btree (restaurant_id, link_hash) WHERE (link_hash IS NOT NULL);
CREATE INDEX users_session ON users USING btree (restaurant_id, session_id);
CREATE TRIGGER replace_channel AFTER UPDATE OF removed_at, sign_in_id ON users FOR EACH ROW WHEN (old.removed_at IS DISTINCT FROM new.removed_at OR old.sign_in_id IS DISTINCT FROM new.sign_in_id) EXECUTE FUNCTION replace_channel('s');
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON users FOR ALL TO public
  USING ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid))
  WITH CHECK ((restaurant_id = (NULLIF(current_setting('orderzap.restaurant_id'::text, true), ''::text))::uuid));
GRANT INSERT, SELECT, UPDATE ON users TO orderzap_app;
GRANT SELECT ON users TO orderzap_sync;

CREATE FUNCTION adjustment_json(restaurant uuid, adjustment uuid) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION business_date(t timestamp with time zone, timezone text, day_start time without time zone) RETURNS date LANGUAGE sql STABLE AS ...;

CREATE FUNCTION business_date_put_back(t timestamp with time zone, timezone text, day_start time without time zone) RETURNS date LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION call_json(restaurant uuid, call uuid) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION camel_keys(object jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS ...;

CREATE FUNCTION cash_coin(currency text, chosen integer) RETURNS integer LANGUAGE sql IMMUTABLE AS ...;

CREATE FUNCTION category_json(restaurant uuid, category_id uuid) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION changes_cursor(restaurant uuid) RETURNS text LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION check_closed_through() RETURNS trigger LANGUAGE plpgsql AS ...;

CREATE FUNCTION check_day() RETURNS trigger LANGUAGE plpgsql AS ...;

CREATE FUNCTION check_drawer() RETURNS trigger LANGUAGE plpgsql AS ...;

CREATE FUNCTION check_order() RETURNS trigger LANGUAGE plpgsql AS ...;

CREATE FUNCTION check_order_item() RETURNS trigger LANGUAGE plpgsql AS ...;

CREATE FUNCTION check_session() RETURNS trigger LANGUAGE plpgsql AS ...;

CREATE FUNCTION close_day(restaurant uuid, day date, by_staff uuid, forced boolean) RETURNS void LANGUAGE plpgsql AS ...;

CREATE FUNCTION counters_cleanup(up_to integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path=pg_catalog AS ...;
REVOKE EXECUTE ON FUNCTION counters_cleanup(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION counters_cleanup(integer) TO orderzap_cleanup;

CREATE FUNCTION currency_exponent(code text) RETURNS integer LANGUAGE sql IMMUTABLE AS ...;

CREATE FUNCTION day_cut_json(restaurant uuid, day date, which text) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION day_drawers(restaurant uuid, day date) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION day_first_open(restaurant uuid) RETURNS date LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION day_lock(restaurant uuid) RETURNS void LANGUAGE plpgsql AS ...;

CREATE FUNCTION day_receipts(restaurant uuid, day date, which text) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION day_report(restaurant uuid, day date) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION day_unsettled(restaurant uuid, day date, OUT session_list json, OUT order_list json, OUT drawer_list json) RETURNS record LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION days_close(up_to integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path=pg_catalog AS ...;
REVOKE EXECUTE ON FUNCTION days_close(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION days_close(integer) TO orderzap_cleanup;

CREATE FUNCTION document_date(t timestamp with time zone, timezone text, day_start time without time zone, closed_through date) RETURNS date LANGUAGE sql STABLE AS ...;

CREATE FUNCTION door_addresses_cleanup(up_to integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path=pg_catalog AS ...;
REVOKE EXECUTE ON FUNCTION door_addresses_cleanup(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION door_addresses_cleanup(integer) TO orderzap_cleanup;

CREATE FUNCTION drawer_json(restaurant uuid, drawer uuid) RETURNS jsonb LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION drawer_sums(restaurant uuid, drawer uuid, OUT cash_paid bigint, OUT cash_refunded bigint, OUT tips bigint, OUT paid_in bigint, OUT paid_out bigint) RETURNS record LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION epoch_ms(t timestamp with time zone) RETURNS bigint LANGUAGE sql STABLE AS ...;

CREATE FUNCTION export_adjustment(restaurant uuid, document uuid) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION export_credit_move(restaurant uuid, document uuid) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION export_day_close(restaurant uuid, day date) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION export_document(restaurant uuid, type text, document uuid, day date) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION export_drawer(restaurant uuid, document uuid, type text) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION export_order(restaurant uuid, document uuid) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION export_payment(restaurant uuid, document uuid, type text) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION export_receipt(restaurant uuid, receipt uuid) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION export_refund(restaurant uuid, document uuid) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION find_choice_on_menu() RETURNS trigger LANGUAGE plpgsql AS ...;

CREATE FUNCTION find_item_on_menu() RETURNS trigger LANGUAGE plpgsql AS ...;

CREATE FUNCTION guard_columns() RETURNS trigger LANGUAGE plpgsql AS ...;

CREATE FUNCTION idempotency_cleanup(up_to integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path=pg_catalog AS ...;
REVOKE EXECUTE ON FUNCTION idempotency_cleanup(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION idempotency_cleanup(integer) TO orderzap_cleanup;

CREATE FUNCTION intent_json(restaurant uuid, intent uuid) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION intents_expire(up_to integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path=pg_catalog AS ...;
REVOKE EXECUTE ON FUNCTION intents_expire(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION intents_expire(integer) TO orderzap_cleanup;

CREATE FUNCTION item_json(restaurant uuid, item_id uuid) RETURNS jsonb LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION live_channel(restaurant uuid, scope uuid) RETURNS uuid LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION menu_json(restaurant uuid) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION menu_representation() RETURNS text LANGUAGE sql STABLE AS ...;

CREATE FUNCTION movement_json(restaurant uuid, movement uuid) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS ...;

CREATE FUNCTION note_event() RETURNS trigger LANGUAGE plpgsql AS ...;

CREATE FUNCTION note_line_step() RETURNS trigger LANGUAGE plpgsql AS ...;

CREATE FUNCTION note_order_event() RETURNS trigger LANGUAGE plpgsql AS ...;

CREATE FUNCTION note_phone() RETURNS trigger LANGUAGE plpgsql AS ...;

CREATE FUNCTION option_json(restaurant uuid, option_id uuid) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION order_json(restaurant uuid, order_id uuid) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION orders_page(restaurant uuid, size integer, ids uuid[]) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION outbox_cleanup(up_to integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path=pg_catalog AS ...;
REVOKE EXECUTE ON FUNCTION outbox_cleanup(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION outbox_cleanup(integer) TO orderzap_cleanup;

CREATE FUNCTION outbox_mirror() RETURNS trigger LANGUAGE plpgsql AS ...;

CREATE FUNCTION payment_json(restaurant uuid, payment uuid) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION phone_key(phone text) RETURNS text LANGUAGE sql IMMUTABLE AS ...;

CREATE FUNCTION raise_menu_version() RETURNS trigger LANGUAGE plpgsql AS ...;

CREATE FUNCTION raise_version() RETURNS trigger LANGUAGE plpgsql AS ...;

CREATE FUNCTION receipt_at_settlement(restaurant uuid, receipt uuid, session uuid, order_id uuid, share uuid, head jsonb) RETURNS text LANGUAGE plpgsql AS ...;

CREATE FUNCTION receipt_correct(restaurant uuid, note uuid, receipt uuid, settles boolean, staff uuid) RETURNS void LANGUAGE plpgsql AS ...;

CREATE FUNCTION receipt_difference(figures jsonb, less jsonb) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS ...;

CREATE FUNCTION receipt_document(restaurant uuid, head jsonb, orders uuid[], figures jsonb) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION receipt_draft(restaurant uuid, session uuid, order_id uuid, share uuid) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION receipt_due(restaurant uuid, orders uuid[], share uuid) RETURNS bigint LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION receipt_figures(restaurant uuid, orders uuid[]) RETURNS jsonb LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION receipt_issue(restaurant uuid, receipt uuid, head jsonb, orders uuid[], figures jsonb) RETURNS void LANGUAGE plpgsql AS ...;

CREATE FUNCTION receipt_issued(restaurant uuid, receipts uuid[]) RETURNS jsonb LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION receipt_json(restaurant uuid, receipt uuid, is_copy boolean) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION receipt_of_order(restaurant uuid, receipt uuid, order_id uuid, head jsonb) RETURNS text LANGUAGE plpgsql AS ...;

CREATE FUNCTION receipt_of_session(restaurant uuid, receipt uuid, session uuid, share uuid, head jsonb) RETURNS text LANGUAGE plpgsql AS ...;

CREATE FUNCTION receipt_open(restaurant uuid, session uuid, share uuid, bill bigint, parts uuid[]) RETURNS bigint LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION receipt_orders_json(restaurant uuid, orders uuid[], kind text, share uuid, known uuid[]) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION receipt_part(bill jsonb, before jsonb, amount bigint) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE AS ...;

CREATE FUNCTION receipt_parts(restaurant uuid, session uuid) RETURNS uuid[] LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION receipt_payments_json(restaurant uuid, orders uuid[], session uuid, share uuid, is_part boolean) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION receipt_shown(restaurant uuid, session uuid, order_id uuid, share uuid, for_guest boolean, OUT id uuid, OUT answer json) RETURNS record LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION receipt_standing(restaurant uuid, session uuid, all_of_them boolean) RETURNS uuid[] LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION receipt_taxes_json(figures jsonb) RETURNS json LANGUAGE plpgsql IMMUTABLE AS ...;

CREATE FUNCTION refresh_cleanup(up_to integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path=pg_catalog AS ...;
REVOKE EXECUTE ON FUNCTION refresh_cleanup(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION refresh_cleanup(integer) TO orderzap_cleanup;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS ...;

CREATE FUNCTION relay_cleanup() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path=pg_catalog AS ...;
REVOKE EXECUTE ON FUNCTION relay_cleanup() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relay_cleanup() TO orderzap_relay;

CREATE FUNCTION relay_closed() RETURNS TABLE(kind text, channel uuid) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=pg_catalog AS ...;
REVOKE EXECUTE ON FUNCTION relay_closed() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relay_closed() TO orderzap_relay;

CREATE FUNCTION relay_ended() RETURNS TABLE(id uuid, xid xid8, session_id uuid) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=pg_catalog AS ...;
REVOKE EXECUTE ON FUNCTION relay_ended() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relay_ended() TO orderzap_relay;

CREATE FUNCTION relay_events(since xid8, running xid8[]) RETURNS TABLE(id uuid, xid xid8, restaurant_id uuid, session_id uuid, sessions text, ends_session boolean, body text) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=pg_catalog AS ...;
REVOKE EXECUTE ON FUNCTION relay_events(xid8, xid8[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION relay_events(xid8, xid8[]) TO orderzap_relay;

CREATE FUNCTION replace_channel() RETURNS trigger LANGUAGE plpgsql AS ...;

CREATE FUNCTION resource_write(relation text, restaurant uuid, row_id uuid, fields jsonb) RETURNS void LANGUAGE plpgsql AS ...;

CREATE FUNCTION rfc3339(t timestamp with time zone) RETURNS text LANGUAGE sql STABLE AS ...;

CREATE FUNCTION sales_facts(restaurant uuid, first date, last date) RETURNS TABLE(business_date date, hour text, item text, category text, method text, tax_rate text, staff text, place text, order_type text, reason text, orders bigint, quantity bigint, subtotal bigint, discount_amount bigint, service_charge_amount bigint, taxable_amount bigint, tax_amount bigint, tip_amount bigint, deposit_used bigint, total_amount bigint, void_amount bigint, comp_amount bigint, cancelled_amount bigint, payments bigint, paid bigint, tips bigint, deposits bigint, rounding_amount bigint, refunded bigint, refunded_tips bigint, refunded_deposits bigint) LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION sales_key(cut text, hour text, item text, category text, method text, tax_rate text, staff text, place text, order_type text, reason text) RETURNS text LANGUAGE sql IMMUTABLE AS ...;

CREATE FUNCTION session_day(restaurant uuid, session uuid) RETURNS date LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION session_due(restaurant uuid, session uuid, OUT due bigint, OUT unpaid_orders bigint, OUT credit bigint) RETURNS record LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION session_json(restaurant uuid, session uuid) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION session_of_table_at(restaurant uuid, place uuid, moment timestamp with time zone) RETURNS uuid LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION session_owes(restaurant uuid, session uuid) RETURNS boolean LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION session_unsettled(restaurant uuid, session uuid, day date) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION sessions_expire(up_to integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path=pg_catalog AS ...;
REVOKE EXECUTE ON FUNCTION sessions_expire(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sessions_expire(integer) TO orderzap_cleanup;

CREATE FUNCTION set_tenant(restaurant uuid) RETURNS void LANGUAGE plpgsql AS ...;

CREATE FUNCTION shift_note_json(restaurant uuid, shift_note uuid) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION staff_json(restaurant uuid, staff_id uuid) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION sync_doc(restaurant uuid, entity_type text, entity_id uuid) RETURNS jsonb LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION sync_due() RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=pg_catalog AS ...;
REVOKE EXECUTE ON FUNCTION sync_due() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sync_due() TO orderzap_sync;

CREATE FUNCTION sync_entities() RETURNS TABLE(entity_type text, relation text, is_removable boolean) LANGUAGE plpgsql IMMUTABLE AS ...;

CREATE FUNCTION sync_status(OUT pending bigint, OUT oldest_seconds bigint, OUT dead bigint, OUT last_success_at timestamp with time zone, OUT halted_because text) RETURNS record LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path=pg_catalog AS ...;
REVOKE EXECUTE ON FUNCTION sync_status() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sync_status() TO orderzap_app;
GRANT EXECUTE ON FUNCTION sync_status() TO orderzap_sync;

CREATE FUNCTION sync_versions(restaurant uuid, entity_type text, after uuid, how_many integer) RETURNS TABLE(id uuid, version bigint) LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION table_json(restaurant uuid, table_id uuid) RETURNS json LANGUAGE plpgsql STABLE AS ...;

CREATE FUNCTION tickets_cleanup(up_to integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path=pg_catalog AS ...;
REVOKE EXECUTE ON FUNCTION tickets_cleanup(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tickets_cleanup(integer) TO orderzap_cleanup;
