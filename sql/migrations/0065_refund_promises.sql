-- What of a refund was the guests' credit when it was asked for: it lowers no sale,
-- whatever that credit has paid meanwhile. And what a provider gave back, where that is not
-- what it was asked for. A refund that is done stays as it is.
ALTER TABLE refunds ADD COLUMN credit_amount bigint NOT NULL DEFAULT 0;
ALTER TABLE refunds ADD COLUMN flag text;
CREATE OR REPLACE TRIGGER guard BEFORE UPDATE ON refunds
  FOR EACH ROW EXECUTE FUNCTION guard_columns('refunds', 'status', 'amount', 'tip_amount', 'flag');
CREATE TRIGGER guard_done BEFORE UPDATE ON refunds
  FOR EACH ROW WHEN (OLD.status = 'done') EXECUTE FUNCTION refuse_change('refunds');
GRANT UPDATE (amount, tip_amount, flag) ON refunds TO orderzap_app;
