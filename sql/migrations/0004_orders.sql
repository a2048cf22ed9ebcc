-- Orders. Names and prices are copied in when an order is placed; after that
-- only its state moves. Money in minor units, at most 2^53 - 1.

-- The last order number given out for each business day.
CREATE TABLE order_counters (
  restaurant_id uuid NOT NULL REFERENCES restaurants (id),
  business_date date NOT NULL,
  last_number integer NOT NULL CHECK (last_number >= 0),
  PRIMARY KEY (restaurant_id, business_date)
) WITH (fillfactor = 20);

CREATE TABLE orders (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  business_date date NOT NULL,
  order_number integer NOT NULL CHECK (order_number > 0),
  table_id uuid,
  session_id uuid,
  diner_id uuid,
  staff_id uuid,
  order_type text NOT NULL CHECK (order_type IN ('dine_in', 'takeaway')),
  status text NOT NULL DEFAULT 'pending'
    CHECK (status IN ('pending', 'confirmed', 'preparing', 'ready', 'served', 'completed', 'cancelled')),
  payment_status text NOT NULL DEFAULT 'unpaid'
    CHECK (payment_status IN ('unpaid', 'partially_paid', 'paid', 'partially_refunded', 'refunded')),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  prices_include_tax boolean NOT NULL,
  subtotal bigint NOT NULL CHECK (subtotal BETWEEN 0 AND 9007199254740991),
  tax_amount bigint NOT NULL CHECK (tax_amount BETWEEN 0 AND 9007199254740991),
  taxes jsonb NOT NULL,
  tip_amount bigint NOT NULL DEFAULT 0 CHECK (tip_amount BETWEEN 0 AND 9007199254740991),
  discount_amount bigint NOT NULL DEFAULT 0 CHECK (discount_amount BETWEEN 0 AND 9007199254740991),
  deposit_used bigint NOT NULL DEFAULT 0 CHECK (deposit_used BETWEEN 0 AND 9007199254740991),
  total_amount bigint NOT NULL CHECK (total_amount BETWEEN 0 AND 9007199254740991),
  payment_method text CHECK (payment_method IN ('cash', 'card', 'upi', 'online', 'other')),
  customer_name text,
  customer_phone text,
  notes text,
  special_instructions text,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
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

CREATE TABLE order_items (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  order_id uuid NOT NULL,
  position smallint NOT NULL CHECK (position BETWEEN 1 AND 100),
  menu_item_id uuid NOT NULL,
  name text NOT NULL,
  price bigint NOT NULL CHECK (price BETWEEN 0 AND 9007199254740991),
  customization_amount bigint NOT NULL
    CHECK (customization_amount BETWEEN -9007199254740991 AND 9007199254740991),
  quantity smallint NOT NULL CHECK (quantity BETWEEN 1 AND 99),
  subtotal bigint NOT NULL CHECK (subtotal BETWEEN 0 AND 9007199254740991),
  tax_rate_ppm integer NOT NULL CHECK (tax_rate_ppm BETWEEN 0 AND 1000000),
  station text,
  status text NOT NULL DEFAULT 'pending'
    CHECK (status IN ('pending', 'preparing', 'ready', 'served', 'cancelled')),
  special_instructions text,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (restaurant_id, id),
  FOREIGN KEY (restaurant_id, order_id) REFERENCES orders (restaurant_id, id),
  FOREIGN KEY (restaurant_id, menu_item_id) REFERENCES menu_items (restaurant_id, id),
  CONSTRAINT order_items_subtotal CHECK (subtotal = (price + customization_amount) * quantity)
) WITH (fillfactor = 90);
CREATE INDEX order_items_order ON order_items (restaurant_id, order_id);

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
  FOREIGN KEY (restaurant_id, order_item_id) REFERENCES order_items (restaurant_id, id),
  FOREIGN KEY (restaurant_id, option_id) REFERENCES menu_item_options (restaurant_id, id),
  FOREIGN KEY (restaurant_id, value_id) REFERENCES menu_item_option_values (restaurant_id, id)
);

CREATE TABLE order_status_history (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  order_id uuid NOT NULL,
  from_status text,
  to_status text NOT NULL,
  actor_role text NOT NULL CHECK (actor_role IN ('diner', 'kitchen', 'waiter', 'cashier', 'manager', 'owner', 'system')),
  actor_id uuid,
  reason text CHECK (length(reason) BETWEEN 1 AND 500),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (restaurant_id, id),
  FOREIGN KEY (restaurant_id, order_id) REFERENCES orders (restaurant_id, id)
);
CREATE INDEX order_status_history_order ON order_status_history (restaurant_id, order_id);

-- The answers to requests that carried an Idempotency-Key, written in the
-- same transaction as their effect. An answer that holds a secret is sealed.
CREATE TABLE idempotency_keys (
  restaurant_id uuid NOT NULL,
  caller text NOT NULL,
  key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  request_hash text NOT NULL,
  status smallint NOT NULL CHECK (status BETWEEN 200 AND 299),
  location text,
  etag text,
  answer text NOT NULL,
  is_sealed boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (restaurant_id, caller, key)
);
