-- A refund that makes the amount due again; one that waits for its provider; rounded
-- to coins.
ALTER TABLE refunds ADD COLUMN reopens_due boolean NOT NULL DEFAULT false;
ALTER TABLE refunds ADD COLUMN rounding_amount bigint NOT NULL DEFAULT 0;
ALTER TABLE refunds ADD COLUMN order_id uuid;
ALTER TABLE refunds ADD COLUMN status text NOT NULL DEFAULT 'done';
ALTER TABLE refunds ADD CONSTRAINT refunds_status CHECK (status IN ('pending', 'done', 'failed')) NOT VALID;
CREATE OR REPLACE TRIGGER guard BEFORE UPDATE ON refunds
  FOR EACH ROW EXECUTE FUNCTION guard_columns('refunds', 'status');
CREATE OR REPLACE TRIGGER guard_delete BEFORE DELETE ON refunds
  FOR EACH ROW EXECUTE FUNCTION refuse_change('refunds');
GRANT UPDATE (status) ON refunds TO orderzap_app;
