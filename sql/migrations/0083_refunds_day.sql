-- A refund that waited for its provider is of the day on which it is done.
CREATE OR REPLACE TRIGGER guard BEFORE UPDATE ON refunds
  FOR EACH ROW EXECUTE FUNCTION guard_columns('refunds', 'status', 'amount', 'tip_amount', 'flag', 'rounding_amount', 'business_date');
CREATE TRIGGER check_day BEFORE INSERT OR UPDATE OF status ON refunds
  FOR EACH ROW EXECUTE FUNCTION check_day();
GRANT UPDATE (business_date) ON refunds TO orderzap_app;
