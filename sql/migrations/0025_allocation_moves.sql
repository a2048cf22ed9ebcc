-- Credit of one order that went to another's bill: the document beside the changed
-- allocations of the payment.
CREATE TABLE allocation_moves (
  restaurant_id uuid NOT NULL,
  id uuid NOT NULL,
  payment_id uuid NOT NULL,
  from_order_id uuid NOT NULL,
  to_order_id uuid NOT NULL,
  amount minor_units NOT NULL CHECK (amount > 0),
  business_date date NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (restaurant_id, id),
  FOREIGN KEY (restaurant_id, payment_id) REFERENCES payments (restaurant_id, id),
  FOREIGN KEY (restaurant_id, from_order_id) REFERENCES orders (restaurant_id, id),
  FOREIGN KEY (restaurant_id, to_order_id) REFERENCES orders (restaurant_id, id)
);
CREATE INDEX allocation_moves_payment ON allocation_moves (restaurant_id, payment_id);
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON allocation_moves
  FOR EACH ROW EXECUTE FUNCTION refuse_change('allocation_moves');

ALTER TABLE allocation_moves ENABLE ROW LEVEL SECURITY;
ALTER TABLE allocation_moves FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON allocation_moves
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

GRANT SELECT, INSERT ON allocation_moves TO orderzap_app;
