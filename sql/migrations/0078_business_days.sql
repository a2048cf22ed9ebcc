-- Closed business days: the Z report, as it was at the close, and the day's sales by each column of the
-- reports. Neither ever changes.
CREATE TABLE business_days (
  restaurant_id uuid NOT NULL REFERENCES restaurants (id),
  business_date date NOT NULL,
  -- Made of the two, for the mirror.
  id uuid NOT NULL,
  -- Of the Z report: 1, 2, 3... in the order of the days, without gaps.
  number integer NOT NULL CHECK (number > 0),
  -- NULL: orderzapctl cleanup closed it.
  closed_by uuid,
  closed_at timestamptz NOT NULL DEFAULT now(),
  -- Although something of it was open or unsettled.
  was_forced boolean NOT NULL,
  report json NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (restaurant_id, business_date),
  UNIQUE (restaurant_id, number),
  UNIQUE (restaurant_id, id)
);

-- One row for each day, each way to cut it (reports by item, by hour...) and each key of that; '' is
-- what has none. Amounts in minor units.
CREATE TABLE day_sales (
  restaurant_id uuid NOT NULL,
  business_date date NOT NULL,
  cut text NOT NULL CHECK (cut IN ('day', 'hour', 'item', 'category', 'method', 'tax_rate', 'staff', 'table', 'order_type', 'reason')),
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
  PRIMARY KEY (restaurant_id, cut, business_date, key),
  FOREIGN KEY (restaurant_id, business_date) REFERENCES business_days (restaurant_id, business_date) DEFERRABLE INITIALLY DEFERRED
);

CREATE TRIGGER check_day BEFORE INSERT ON business_days
  FOR EACH ROW EXECUTE FUNCTION check_day();
CREATE TRIGGER check_day BEFORE INSERT ON day_sales
  FOR EACH ROW EXECUTE FUNCTION check_day();
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON business_days
  FOR EACH ROW EXECUTE FUNCTION refuse_change('business_days');
CREATE TRIGGER outbox_mirror AFTER INSERT ON business_days
  FOR EACH ROW EXECUTE FUNCTION outbox_mirror('business_day');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON day_sales
  FOR EACH ROW EXECUTE FUNCTION refuse_change('day_sales');

ALTER TABLE business_days ENABLE ROW LEVEL SECURITY;
ALTER TABLE business_days FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON business_days
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);
ALTER TABLE day_sales ENABLE ROW LEVEL SECURITY;
ALTER TABLE day_sales FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON day_sales
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

GRANT SELECT, INSERT ON business_days, day_sales TO orderzap_app;
GRANT SELECT ON business_days TO orderzap_sync;
