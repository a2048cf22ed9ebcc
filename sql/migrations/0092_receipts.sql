-- Receipts, and the credit notes that correct them: documents that are stored as they were
-- issued, with numbers that have no gaps.

-- The last number of each series. Its row is locked until the transaction ends, so a number
-- whose document was rolled back is the next one's.
CREATE TABLE receipt_counters (
  restaurant_id uuid NOT NULL REFERENCES restaurants (id),
  kind text NOT NULL CHECK (kind IN ('receipt', 'credit_note')),
  fiscal_year integer NOT NULL,
  last_number integer NOT NULL CHECK (last_number > 0),
  PRIMARY KEY (restaurant_id, kind, fiscal_year)
) WITH (fillfactor = 20);

CREATE TABLE receipts (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('receipt', 'credit_note')),
  -- The year in which the fiscal year begins.
  fiscal_year integer NOT NULL,
  number integer NOT NULL CHECK (number > 0),
  reference text NOT NULL,
  business_date date NOT NULL,
  session_id uuid,
  share_id uuid,
  -- The bill has receipts for its shares; this is one of them, or corrects one.
  is_part boolean NOT NULL DEFAULT false,
  corrects_id uuid,
  -- The payment that settled what it is about, if that issued it.
  payment_id uuid,
  total_amount minor_units_signed NOT NULL,
  -- Its amounts by name, to add up with others (receipt_figures).
  figures jsonb NOT NULL,
  document json NOT NULL,
  staff_id uuid,
  issued_at timestamptz NOT NULL,
  printed_at timestamptz,
  version bigint NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (restaurant_id, id),
  CONSTRAINT receipts_number UNIQUE (restaurant_id, kind, fiscal_year, number),
  CONSTRAINT receipts_corrects CHECK ((kind = 'credit_note') = (corrects_id IS NOT NULL)),
  FOREIGN KEY (restaurant_id, session_id) REFERENCES sessions (restaurant_id, id),
  FOREIGN KEY (restaurant_id, share_id) REFERENCES shares (restaurant_id, id),
  FOREIGN KEY (restaurant_id, corrects_id) REFERENCES receipts (restaurant_id, id),
  FOREIGN KEY (restaurant_id, payment_id) REFERENCES payments (restaurant_id, id),
  FOREIGN KEY (restaurant_id, staff_id) REFERENCES staff (restaurant_id, id)
);
CREATE INDEX receipts_day ON receipts (restaurant_id, business_date, id);
CREATE INDEX receipts_corrected ON receipts (restaurant_id, corrects_id) WHERE corrects_id IS NOT NULL;
CREATE INDEX receipts_share ON receipts (restaurant_id, share_id) WHERE share_id IS NOT NULL;
CREATE INDEX receipts_payment ON receipts (restaurant_id, payment_id) WHERE payment_id IS NOT NULL;
CREATE TRIGGER check_day BEFORE INSERT ON receipts
  FOR EACH ROW EXECUTE FUNCTION check_day();
CREATE TRIGGER guard BEFORE UPDATE ON receipts
  FOR EACH ROW EXECUTE FUNCTION guard_columns('receipts', 'printed_at', 'version', 'updated_at');
CREATE TRIGGER guard_printed BEFORE UPDATE ON receipts
  FOR EACH ROW WHEN (OLD.printed_at IS NOT NULL AND NEW.printed_at IS DISTINCT FROM OLD.printed_at)
  EXECUTE FUNCTION refuse_change('receipts');
CREATE TRIGGER guard_delete BEFORE DELETE ON receipts
  FOR EACH ROW EXECUTE FUNCTION refuse_change('receipts');
CREATE TRIGGER raise_version BEFORE UPDATE ON receipts
  FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON receipts
  FOR EACH ROW EXECUTE FUNCTION outbox_mirror('receipt');

-- The orders that a receipt is about. It covers the whole order, which has one such receipt; or a
-- part of the bill that they make up; or it is a credit note and corrects what they come to.
CREATE TABLE receipt_orders (
  restaurant_id uuid NOT NULL,
  receipt_id uuid NOT NULL,
  order_id uuid NOT NULL,
  covers text NOT NULL CHECK (covers IN ('order', 'part', 'correction')),
  PRIMARY KEY (restaurant_id, receipt_id, order_id),
  FOREIGN KEY (restaurant_id, receipt_id) REFERENCES receipts (restaurant_id, id),
  FOREIGN KEY (restaurant_id, order_id) REFERENCES orders (restaurant_id, id)
);
CREATE INDEX receipt_orders_order ON receipt_orders (restaurant_id, order_id);
CREATE UNIQUE INDEX receipt_orders_once ON receipt_orders (restaurant_id, order_id) WHERE covers = 'order';
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON receipt_orders
  FOR EACH ROW EXECUTE FUNCTION refuse_change('receipt_orders');

ALTER TABLE receipt_counters ENABLE ROW LEVEL SECURITY;
ALTER TABLE receipt_counters FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON receipt_counters
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE receipts ENABLE ROW LEVEL SECURITY;
ALTER TABLE receipts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON receipts
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE receipt_orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE receipt_orders FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON receipt_orders
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

GRANT SELECT, INSERT, UPDATE ON receipt_counters TO orderzap_app;
GRANT SELECT, INSERT ON receipts, receipt_orders TO orderzap_app;
GRANT UPDATE (printed_at) ON receipts TO orderzap_app;
GRANT SELECT ON receipts, receipt_orders TO orderzap_sync;
