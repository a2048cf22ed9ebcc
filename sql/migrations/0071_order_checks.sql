-- A trigger is prepared once for a connection, and the other figures never change.
CREATE TRIGGER check_order BEFORE INSERT OR UPDATE OF standing_total ON orders
  FOR EACH ROW EXECUTE FUNCTION check_order();
ALTER TABLE orders DROP CONSTRAINT orders_total;
