-- Payments. They are added and refunded, never deleted. No card number has a
-- place here: brand and last four digits at the most.

CREATE TABLE payment_intents (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  order_id uuid,
  session_id uuid,
  diner_id uuid,
  staff_id uuid,
  provider text NOT NULL CHECK (length(provider) BETWEEN 1 AND 60),
  amount bigint NOT NULL CHECK (amount BETWEEN 1 AND 9007199254740991),
  tip_amount bigint NOT NULL DEFAULT 0 CHECK (tip_amount BETWEEN 0 AND 9007199254740991),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'captured', 'failed', 'expired')),
  expires_at timestamptz NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (restaurant_id, id),
  FOREIGN KEY (restaurant_id, order_id) REFERENCES orders (restaurant_id, id),
  FOREIGN KEY (restaurant_id, session_id) REFERENCES sessions (restaurant_id, id),
  FOREIGN KEY (restaurant_id, diner_id) REFERENCES users (restaurant_id, id),
  FOREIGN KEY (restaurant_id, staff_id) REFERENCES staff (restaurant_id, id),
  CHECK (num_nonnulls(order_id, session_id) = 1)
);
CREATE INDEX payment_intents_order ON payment_intents (restaurant_id, order_id);
CREATE INDEX payment_intents_session ON payment_intents (restaurant_id, session_id);

CREATE TABLE payments (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  order_id uuid NOT NULL,
  session_id uuid,
  intent_id uuid,
  amount bigint NOT NULL CHECK (amount BETWEEN 1 AND 9007199254740991),
  tip_amount bigint NOT NULL DEFAULT 0 CHECK (tip_amount BETWEEN 0 AND 9007199254740991),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  method text NOT NULL CHECK (method IN ('cash', 'card', 'upi', 'online', 'other')),
  provider text CHECK (length(provider) BETWEEN 1 AND 60),
  provider_ref text CHECK (length(provider_ref) BETWEEN 1 AND 255),
  card_brand text CHECK (length(card_brand) BETWEEN 1 AND 30),
  card_last4 text CHECK (card_last4 ~ '^[0-9]{4}$'),
  staff_id uuid,
  diner_id uuid,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (restaurant_id, id),
  FOREIGN KEY (restaurant_id, order_id) REFERENCES orders (restaurant_id, id),
  FOREIGN KEY (restaurant_id, session_id) REFERENCES sessions (restaurant_id, id),
  FOREIGN KEY (restaurant_id, intent_id) REFERENCES payment_intents (restaurant_id, id),
  FOREIGN KEY (restaurant_id, staff_id) REFERENCES staff (restaurant_id, id),
  FOREIGN KEY (restaurant_id, diner_id) REFERENCES users (restaurant_id, id)
);
CREATE INDEX payments_order ON payments (restaurant_id, order_id);
CREATE INDEX payments_session ON payments (restaurant_id, session_id);

CREATE TABLE refunds (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  payment_id uuid NOT NULL,
  amount bigint NOT NULL CHECK (amount BETWEEN 1 AND 9007199254740991),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
  staff_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (restaurant_id, id),
  FOREIGN KEY (restaurant_id, payment_id) REFERENCES payments (restaurant_id, id),
  FOREIGN KEY (restaurant_id, staff_id) REFERENCES staff (restaurant_id, id)
);
CREATE INDEX refunds_payment ON refunds (restaurant_id, payment_id);
