-- Of an allocation, what is with the order now: less what moved on to others, more
-- what came from them.
ALTER TABLE payment_allocations DROP CONSTRAINT payment_allocations_amount_check;
ALTER TABLE payment_allocations ADD CONSTRAINT payment_allocations_amount_check CHECK (amount BETWEEN 0 AND 9007199254740991) NOT VALID;
CREATE OR REPLACE TRIGGER guard BEFORE UPDATE ON payment_allocations
  FOR EACH ROW EXECUTE FUNCTION guard_columns('payment_allocations', 'refunded_amount', 'amount');
GRANT UPDATE (amount) ON payment_allocations TO orderzap_app;
