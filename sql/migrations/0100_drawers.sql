-- Drawers of cash. One is opened with a float by the member of staff whose it is; cash payments and
-- refunds name it; money is put in and taken out with a reason; it is counted once, at its close.
-- What it came to then stays beside the count.
CREATE TABLE drawers (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  staff_id uuid NOT NULL,
  name short_name,
  float_amount minor_units NOT NULL,
  currency currency_code NOT NULL,
  business_date date NOT NULL,
  opened_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  closed_by uuid,
  closed_date date,
  -- Sums, which may be more than any one amount.
  cash_paid bigint,
  cash_refunded bigint,
  tips bigint,
  paid_in bigint,
  paid_out bigint,
  expected bigint,
  counted minor_units,
  version bigint NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (restaurant_id, id),
  CONSTRAINT drawers_closed CHECK (
    num_nulls(closed_at, closed_by, closed_date, cash_paid, cash_refunded, tips, paid_in, paid_out, expected, counted) IN (0, 10)),
  CONSTRAINT drawers_expected CHECK (expected = float_amount + cash_paid - cash_refunded + paid_in - paid_out),
  FOREIGN KEY (restaurant_id, staff_id) REFERENCES staff (restaurant_id, id),
  FOREIGN KEY (restaurant_id, closed_by) REFERENCES staff (restaurant_id, id)
);
-- Nobody has two at a time.
CREATE UNIQUE INDEX drawers_open ON drawers (restaurant_id, staff_id) WHERE closed_at IS NULL;
CREATE INDEX drawers_day ON drawers (restaurant_id, business_date);
CREATE INDEX drawers_closed_day ON drawers (restaurant_id, closed_date) WHERE closed_at IS NOT NULL;
CREATE TRIGGER check_day BEFORE INSERT ON drawers
  FOR EACH ROW EXECUTE FUNCTION check_day();
CREATE TRIGGER check_day_of_close BEFORE UPDATE OF closed_date ON drawers
  FOR EACH ROW EXECUTE FUNCTION check_day('closed_date');
CREATE TRIGGER guard BEFORE UPDATE ON drawers
  FOR EACH ROW EXECUTE FUNCTION guard_columns('drawers', 'closed_at', 'closed_by', 'closed_date', 'cash_paid', 'cash_refunded', 'tips', 'paid_in', 'paid_out', 'expected', 'counted', 'version', 'updated_at');
CREATE TRIGGER raise_version BEFORE UPDATE ON drawers
  FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON drawers
  FOR EACH ROW EXECUTE FUNCTION outbox_mirror('drawer');
CREATE TRIGGER guard_closed BEFORE UPDATE ON drawers
  FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION refuse_change('drawers');
CREATE TRIGGER guard_delete BEFORE DELETE ON drawers
  FOR EACH ROW EXECUTE FUNCTION refuse_change('drawers');

-- Above zero: put in; below: taken out.
CREATE TABLE drawer_movements (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  drawer_id uuid NOT NULL,
  amount minor_units_signed NOT NULL CHECK (amount <> 0),
  reason reason_text NOT NULL,
  staff_id uuid NOT NULL,
  business_date date NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (restaurant_id, id),
  FOREIGN KEY (restaurant_id, drawer_id) REFERENCES drawers (restaurant_id, id),
  FOREIGN KEY (restaurant_id, staff_id) REFERENCES staff (restaurant_id, id)
);
CREATE INDEX drawer_movements_drawer ON drawer_movements (restaurant_id, drawer_id);
CREATE INDEX drawer_movements_day ON drawer_movements (restaurant_id, business_date);
CREATE TRIGGER check_day BEFORE INSERT ON drawer_movements
  FOR EACH ROW EXECUTE FUNCTION check_day();
CREATE TRIGGER check_drawer BEFORE INSERT ON drawer_movements
  FOR EACH ROW EXECUTE FUNCTION check_drawer();
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON drawer_movements
  FOR EACH ROW EXECUTE FUNCTION refuse_change('drawer_movements');

ALTER TABLE drawers ENABLE ROW LEVEL SECURITY;
ALTER TABLE drawers FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON drawers
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE drawer_movements ENABLE ROW LEVEL SECURITY;
ALTER TABLE drawer_movements FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON drawer_movements
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

GRANT SELECT, INSERT ON drawers, drawer_movements TO orderzap_app;
GRANT UPDATE (closed_at, closed_by, closed_date, cash_paid, cash_refunded, tips, paid_in, paid_out, expected, counted, version, updated_at)
  ON drawers TO orderzap_app;
GRANT SELECT ON drawers TO orderzap_sync;
