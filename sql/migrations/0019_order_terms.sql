-- An order keeps what it was made with, so that it can be computed again; what it comes
-- to by now, after the documents in order_adjustments, stands beside it. Those who
-- ordered before this had discounts that did not reduce the tax.
ALTER TABLE orders ADD COLUMN discount_reduces_tax boolean NOT NULL DEFAULT false;
ALTER TABLE orders ADD COLUMN service_charge_ppm integer NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN service_charge_tax_rate_ppm integer;
ALTER TABLE orders ADD COLUMN service_charge_amount bigint NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN tax_parts jsonb;
ALTER TABLE orders ADD COLUMN deposit_id uuid;
-- NULL: as it was placed. {adjusted, settled}: as orders show it, and as the table's
-- rounding counts it, without what was given back.
ALTER TABLE orders ADD COLUMN standing jsonb;
-- What it comes to: standing's total; NULL as above.
ALTER TABLE orders ADD COLUMN standing_total bigint;
ALTER TABLE orders DROP CONSTRAINT orders_total;
ALTER TABLE orders DROP CONSTRAINT orders_check;
ALTER TABLE orders ADD CONSTRAINT orders_total CHECK (
  total_amount = subtotal + CASE WHEN prices_include_tax THEN 0 ELSE tax_amount END
                 + tip_amount - discount_amount - deposit_used + service_charge_amount
  AND service_charge_amount >= 0 AND standing_total >= 0) NOT VALID;
CREATE OR REPLACE TRIGGER guard BEFORE UPDATE ON orders
  FOR EACH ROW EXECUTE FUNCTION guard_columns('orders', 'status', 'payment_status', 'version', 'updated_at', 'deleted_at', 'table_id', 'session_id', 'standing', 'standing_total');
GRANT UPDATE (standing, standing_total) ON orders TO orderzap_app;
