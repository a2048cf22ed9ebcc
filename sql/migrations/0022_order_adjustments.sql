-- What happened to an order after it was placed: each a document, never changed. Its
-- amounts are what it moved the order's by; most are below zero.
CREATE TABLE order_adjustments (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  order_id uuid NOT NULL,
  business_date date NOT NULL,
  kind text NOT NULL CHECK (kind IN ('void', 'comp', 'discount', 'service_charge_waived', 'cancelled', 'deleted', 'rounding')),
  item_id uuid,
  quantity smallint CHECK (quantity BETWEEN 1 AND 99),
  -- What was asked of a discount: one of them.
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
  -- The order no longer stands: it was cancelled, deleted, or its last line void.
  ends_order boolean NOT NULL DEFAULT false,
  refund_id uuid,
  transfer_order_id uuid,
  actor_role actor_role NOT NULL,
  actor_id uuid,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (restaurant_id, id),
  FOREIGN KEY (restaurant_id, order_id) REFERENCES orders (restaurant_id, id)
);
CREATE INDEX order_adjustments_order ON order_adjustments (restaurant_id, order_id);
CREATE INDEX order_adjustments_day ON order_adjustments (restaurant_id, business_date);
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON order_adjustments
  FOR EACH ROW EXECUTE FUNCTION refuse_change('order_adjustments');

ALTER TABLE order_adjustments ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_adjustments FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON order_adjustments
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

GRANT SELECT, INSERT ON order_adjustments TO orderzap_app;
GRANT SELECT ON order_adjustments TO orderzap_sync;
