-- From which drawer the cash was given back.
ALTER TABLE refunds ADD COLUMN drawer_id uuid;
ALTER TABLE refunds ADD CONSTRAINT refunds_drawer FOREIGN KEY (restaurant_id, drawer_id) REFERENCES drawers (restaurant_id, id) NOT VALID;
CREATE TRIGGER check_drawer BEFORE INSERT ON refunds
  FOR EACH ROW WHEN (NEW.drawer_id IS NOT NULL) EXECUTE FUNCTION check_drawer();
