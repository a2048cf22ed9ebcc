-- Credit of less than half a coin is settled by no money, and a rounding.
ALTER TABLE refunds DROP CONSTRAINT refunds_something;
ALTER TABLE refunds ADD CONSTRAINT refunds_something CHECK (amount + tip_amount + abs(rounding_amount) > 0) NOT VALID;
