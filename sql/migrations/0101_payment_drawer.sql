-- In which drawer the cash is. One that was counted gets no more, and its payments are not made
-- void.
ALTER TABLE payments ADD COLUMN drawer_id uuid;
ALTER TABLE payments ADD CONSTRAINT payments_drawer FOREIGN KEY (restaurant_id, drawer_id) REFERENCES drawers (restaurant_id, id) NOT VALID;
CREATE TRIGGER check_drawer BEFORE INSERT OR UPDATE OF voided_at ON payments
  FOR EACH ROW WHEN (NEW.drawer_id IS NOT NULL) EXECUTE FUNCTION check_drawer();
