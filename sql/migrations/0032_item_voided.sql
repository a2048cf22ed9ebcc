-- How many of a line were not made or not served: the kitchen's screen shows the rest.
ALTER TABLE order_items ADD COLUMN voided_quantity smallint NOT NULL DEFAULT 0;
ALTER TABLE order_items ADD CONSTRAINT order_items_voided CHECK (voided_quantity BETWEEN 0 AND quantity) NOT VALID;
CREATE OR REPLACE TRIGGER guard BEFORE UPDATE ON order_items
  FOR EACH ROW EXECUTE FUNCTION guard_columns('order_items', 'status', 'voided_quantity', 'version', 'updated_at');
GRANT UPDATE (voided_quantity) ON order_items TO orderzap_app;
