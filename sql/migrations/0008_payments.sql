-- Payments. They are added and refunded, never deleted. A payment is one thing
-- to its payer; allocations tell which orders it pays. No card number has a
-- place here: brand and last four digits at most.

-- Each provider's secret for its signatures, sealed with the installation's key.
CREATE TABLE payment_providers (
  restaurant_id uuid NOT NULL REFERENCES restaurants (id),
  provider text NOT NULL CHECK (provider ~ '^[a-z0-9][a-z0-9_-]{0,59}$'),
  secret_sealed text NOT NULL CHECK (length(secret_sealed) BETWEEN 1 AND 1000),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (restaurant_id, provider)
);

-- What is being paid online.
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
-- What a diner began to pay.
CREATE INDEX payment_intents_pending ON payment_intents (restaurant_id, diner_id) WHERE status = 'pending';
-- For orderzapctl cleanup alone, as its condition says (see idempotency_keys_old).
CREATE INDEX payment_intents_expiring ON payment_intents (expires_at) WHERE status = 'pending' AND expires_at > '-infinity';
CREATE TRIGGER raise_version BEFORE UPDATE ON payment_intents
  FOR EACH ROW EXECUTE FUNCTION raise_version();

-- What of each order an intent is to pay. It is held while the intent is
-- pending and its time has not run out.
CREATE TABLE payment_intent_allocations (
  restaurant_id uuid NOT NULL,
  intent_id uuid NOT NULL,
  order_id uuid NOT NULL,
  amount bigint NOT NULL CHECK (amount BETWEEN 1 AND 9007199254740991),
  PRIMARY KEY (restaurant_id, intent_id, order_id),
  FOREIGN KEY (restaurant_id, intent_id) REFERENCES payment_intents (restaurant_id, id),
  FOREIGN KEY (restaurant_id, order_id) REFERENCES orders (restaurant_id, id)
);
CREATE INDEX payment_intent_allocations_order ON payment_intent_allocations (restaurant_id, order_id);
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON payment_intent_allocations
  FOR EACH ROW EXECUTE FUNCTION refuse_change('payment_intent_allocations');

-- A payment's amount is the sum of its allocations and of what found nothing
-- due any more; for the latter it carries a flag.
CREATE TABLE payments (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  business_date date NOT NULL,
  order_id uuid,
  session_id uuid,
  intent_id uuid,
  amount bigint NOT NULL CHECK (amount BETWEEN 1 AND 9007199254740991),
  tip_amount bigint NOT NULL DEFAULT 0 CHECK (tip_amount BETWEEN 0 AND 9007199254740991),
  refunded_amount bigint NOT NULL DEFAULT 0,
  refunded_tip_amount bigint NOT NULL DEFAULT 0,
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  method payment_method NOT NULL,
  flag text CHECK (flag IN ('amount_differs', 'currency_differs', 'overpaid', 'duplicate_capture')),
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
  CONSTRAINT payments_belong CHECK (num_nonnulls(order_id, session_id) > 0),
  CONSTRAINT payments_refunded CHECK (refunded_amount BETWEEN 0 AND amount),
  CONSTRAINT payments_refunded_tip CHECK (refunded_tip_amount BETWEEN 0 AND tip_amount),
  FOREIGN KEY (restaurant_id, order_id) REFERENCES orders (restaurant_id, id),
  FOREIGN KEY (restaurant_id, session_id) REFERENCES sessions (restaurant_id, id),
  FOREIGN KEY (restaurant_id, intent_id) REFERENCES payment_intents (restaurant_id, id),
  FOREIGN KEY (restaurant_id, staff_id) REFERENCES staff (restaurant_id, id),
  FOREIGN KEY (restaurant_id, diner_id) REFERENCES users (restaurant_id, id)
);
CREATE INDEX payments_order ON payments (restaurant_id, order_id);
CREATE INDEX payments_session ON payments (restaurant_id, session_id);
CREATE INDEX payments_day ON payments (restaurant_id, business_date);
CREATE INDEX payments_intent ON payments (restaurant_id, intent_id) WHERE intent_id IS NOT NULL;
-- What was paid stays as it was; refunds are written beside it. A session that
-- moves into another takes its payments along.
CREATE TRIGGER guard BEFORE UPDATE ON payments
  FOR EACH ROW EXECUTE FUNCTION guard_columns('payments', 'version', 'updated_at', 'session_id', 'refunded_amount', 'refunded_tip_amount');
CREATE TRIGGER guard_delete BEFORE DELETE ON payments
  FOR EACH ROW EXECUTE FUNCTION refuse_change('payments');
CREATE TRIGGER raise_version BEFORE UPDATE ON payments
  FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON payments
  FOR EACH ROW EXECUTE FUNCTION outbox_mirror('payment');
CREATE TRIGGER note_event AFTER INSERT OR UPDATE ON payments
  FOR EACH ROW EXECUTE FUNCTION note_event('payment');

CREATE TABLE payment_allocations (
  restaurant_id uuid NOT NULL,
  payment_id uuid NOT NULL,
  order_id uuid NOT NULL,
  amount bigint NOT NULL CHECK (amount BETWEEN 1 AND 9007199254740991),
  refunded_amount bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (restaurant_id, payment_id, order_id),
  CONSTRAINT payment_allocations_refunded CHECK (refunded_amount BETWEEN 0 AND amount),
  FOREIGN KEY (restaurant_id, payment_id) REFERENCES payments (restaurant_id, id),
  FOREIGN KEY (restaurant_id, order_id) REFERENCES orders (restaurant_id, id)
);
CREATE INDEX payment_allocations_order ON payment_allocations (restaurant_id, order_id);
CREATE TRIGGER guard BEFORE UPDATE ON payment_allocations
  FOR EACH ROW EXECUTE FUNCTION guard_columns('payment_allocations', 'refunded_amount');
CREATE TRIGGER guard_delete BEFORE DELETE ON payment_allocations
  FOR EACH ROW EXECUTE FUNCTION refuse_change('payment_allocations');

CREATE TABLE refunds (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  business_date date NOT NULL,
  payment_id uuid NOT NULL,
  amount bigint NOT NULL CHECK (amount BETWEEN 0 AND 9007199254740991),
  tip_amount bigint NOT NULL DEFAULT 0 CHECK (tip_amount BETWEEN 0 AND 9007199254740991),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
  staff_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (restaurant_id, id),
  CONSTRAINT refunds_something CHECK (amount + tip_amount > 0),
  FOREIGN KEY (restaurant_id, payment_id) REFERENCES payments (restaurant_id, id),
  FOREIGN KEY (restaurant_id, staff_id) REFERENCES staff (restaurant_id, id)
);
CREATE INDEX refunds_payment ON refunds (restaurant_id, payment_id);
CREATE INDEX refunds_day ON refunds (restaurant_id, business_date);
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON refunds
  FOR EACH ROW EXECUTE FUNCTION refuse_change('refunds');

-- What the providers said, each event once.
CREATE TABLE payment_events (
  restaurant_id uuid NOT NULL,
  provider text NOT NULL,
  event_id text NOT NULL CHECK (length(event_id) BETWEEN 1 AND 255),
  intent_id uuid NOT NULL,
  status text NOT NULL CHECK (status IN ('captured', 'failed')),
  amount bigint NOT NULL CHECK (amount BETWEEN 0 AND 9007199254740991),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  provider_ref text CHECK (length(provider_ref) BETWEEN 1 AND 255),
  payment_id uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (restaurant_id, provider, event_id),
  FOREIGN KEY (restaurant_id, intent_id) REFERENCES payment_intents (restaurant_id, id),
  FOREIGN KEY (restaurant_id, payment_id) REFERENCES payments (restaurant_id, id)
);
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON payment_events
  FOR EACH ROW EXECUTE FUNCTION refuse_change('payment_events');

ALTER TABLE payment_providers ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment_providers FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON payment_providers
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE payment_intents ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment_intents FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON payment_intents
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE payment_intent_allocations ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment_intent_allocations FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON payment_intent_allocations
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE payments ENABLE ROW LEVEL SECURITY;
ALTER TABLE payments FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON payments
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE payment_allocations ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment_allocations FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON payment_allocations
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE refunds ENABLE ROW LEVEL SECURITY;
ALTER TABLE refunds FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON refunds
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE payment_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment_events FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON payment_events
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

GRANT SELECT, INSERT, UPDATE, DELETE ON payment_providers TO orderzap_app;
GRANT SELECT, INSERT, UPDATE ON payment_intents TO orderzap_app;
GRANT SELECT, INSERT ON
  payment_intent_allocations, payments, payment_allocations, refunds, payment_events TO orderzap_app;
GRANT UPDATE (version, updated_at, session_id, refunded_amount, refunded_tip_amount) ON payments TO orderzap_app;
GRANT UPDATE (refunded_amount) ON payment_allocations TO orderzap_app;
GRANT SELECT ON payments, payment_allocations, refunds TO orderzap_sync;
