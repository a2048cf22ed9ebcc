-- Where every payment is in coins, what a provider gives back has a rounding, too: known when it
-- says that it did.
CREATE OR REPLACE TRIGGER guard BEFORE UPDATE ON refunds
  FOR EACH ROW EXECUTE FUNCTION guard_columns('refunds', 'status', 'amount', 'tip_amount', 'flag', 'rounding_amount');
GRANT UPDATE (rounding_amount) ON refunds TO orderzap_app;
