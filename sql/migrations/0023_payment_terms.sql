-- A payment may be a deposit, taken before there is an order; a tip alone; rounded to
-- coins; void: it never happened. Whom it was for: a share of a split, a guest.
ALTER TABLE payments ADD COLUMN purpose text NOT NULL DEFAULT 'bill';
ALTER TABLE payments ADD COLUMN rounding_amount bigint NOT NULL DEFAULT 0;
ALTER TABLE payments ADD COLUMN share_id uuid;
ALTER TABLE payments ADD COLUMN for_diner_id uuid;
ALTER TABLE payments ADD COLUMN voided_at timestamptz;
ALTER TABLE payments ADD COLUMN voided_by uuid;
ALTER TABLE payments ADD COLUMN void_reason text;
ALTER TABLE payments DROP CONSTRAINT payments_belong;
ALTER TABLE payments DROP CONSTRAINT payments_amount_check;
ALTER TABLE payments ADD CONSTRAINT payments_belong CHECK (
  (num_nonnulls(order_id, session_id) > 0 OR purpose = 'deposit') AND purpose IN ('bill', 'deposit')
  AND amount BETWEEN 0 AND 9007199254740991 AND amount + tip_amount + abs(rounding_amount) > 0
  AND length(void_reason) BETWEEN 1 AND 500) NOT VALID;
CREATE OR REPLACE TRIGGER guard BEFORE UPDATE ON payments
  FOR EACH ROW EXECUTE FUNCTION guard_columns('payments', 'version', 'updated_at', 'session_id', 'refunded_amount', 'refunded_tip_amount', 'voided_at', 'voided_by', 'void_reason');
GRANT UPDATE (voided_at, voided_by, void_reason) ON payments TO orderzap_app;
