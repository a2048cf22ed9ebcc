-- Payments of several orders at once, what online payments hold meanwhile, and
-- the providers' own words. A payment is one thing to its payer; allocations
-- tell which orders it pays.

-- Each provider's secret for its signatures, sealed with the installation's key.
CREATE TABLE payment_providers (
  restaurant_id uuid NOT NULL REFERENCES restaurants (id),
  provider text NOT NULL CHECK (provider ~ '^[a-z0-9][a-z0-9_-]{0,59}$'),
  secret_sealed text NOT NULL CHECK (length(secret_sealed) BETWEEN 1 AND 1000),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (restaurant_id, provider)
);

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

-- A payment's amount is the sum of its allocations and of what found nothing
-- due any more; for the latter it carries a flag.
ALTER TABLE payments ALTER COLUMN order_id DROP NOT NULL;
ALTER TABLE payments ADD CONSTRAINT payments_belong CHECK (num_nonnulls(order_id, session_id) > 0);
ALTER TABLE payments ADD COLUMN business_date date NOT NULL;
ALTER TABLE payments ADD COLUMN flag text
  CHECK (flag IN ('amount_differs', 'currency_differs', 'overpaid', 'duplicate_capture'));
ALTER TABLE payments ADD COLUMN refunded_amount bigint NOT NULL DEFAULT 0;
ALTER TABLE payments ADD COLUMN refunded_tip_amount bigint NOT NULL DEFAULT 0;
ALTER TABLE payments ADD CONSTRAINT payments_refunded CHECK (refunded_amount BETWEEN 0 AND amount);
ALTER TABLE payments ADD CONSTRAINT payments_refunded_tip CHECK (refunded_tip_amount BETWEEN 0 AND tip_amount);
CREATE INDEX payments_day ON payments (restaurant_id, business_date);
CREATE INDEX payments_intent ON payments (restaurant_id, intent_id) WHERE intent_id IS NOT NULL;

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

ALTER TABLE refunds DROP CONSTRAINT refunds_amount_check;
ALTER TABLE refunds ADD CONSTRAINT refunds_amount_check CHECK (amount BETWEEN 0 AND 9007199254740991);
ALTER TABLE refunds ADD COLUMN tip_amount bigint NOT NULL DEFAULT 0
  CHECK (tip_amount BETWEEN 0 AND 9007199254740991);
ALTER TABLE refunds ADD CONSTRAINT refunds_something CHECK (amount + tip_amount > 0);
ALTER TABLE refunds ADD COLUMN business_date date NOT NULL;
CREATE INDEX refunds_day ON refunds (restaurant_id, business_date);

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

-- What was paid stays as it was; refunds are written beside it.
DROP TRIGGER guard ON payments;
CREATE TRIGGER guard BEFORE UPDATE ON payments
  FOR EACH ROW EXECUTE FUNCTION guard_columns('payments', 'version', 'updated_at', 'session_id', 'refunded_amount', 'refunded_tip_amount');
CREATE TRIGGER guard BEFORE UPDATE ON payment_allocations
  FOR EACH ROW EXECUTE FUNCTION guard_columns('payment_allocations', 'refunded_amount');
CREATE TRIGGER guard_delete BEFORE DELETE ON payment_allocations
  FOR EACH ROW EXECUTE FUNCTION refuse_change('payment_allocations');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON payment_intent_allocations
  FOR EACH ROW EXECUTE FUNCTION refuse_change('payment_intent_allocations');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON payment_events
  FOR EACH ROW EXECUTE FUNCTION refuse_change('payment_events');

ALTER TABLE payment_providers ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment_providers FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON payment_providers
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE payment_intent_allocations ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment_intent_allocations FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON payment_intent_allocations
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE payment_allocations ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment_allocations FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON payment_allocations
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE payment_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment_events FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON payment_events
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

GRANT SELECT, INSERT, UPDATE, DELETE ON payment_providers TO orderzap_app;
GRANT SELECT, INSERT ON payment_intent_allocations, payment_allocations, payment_events TO orderzap_app;
GRANT UPDATE (refunded_amount) ON payment_allocations TO orderzap_app;
GRANT UPDATE (refunded_amount, refunded_tip_amount) ON payments TO orderzap_app;
GRANT SELECT ON payment_allocations TO orderzap_sync;
