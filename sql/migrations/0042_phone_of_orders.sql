-- Orders are found by the customer's phone number, however it was written. A column, as
-- row-level security keeps a function of one from being looked up in an index; set by a
-- trigger, as one that PostgreSQL generates would rewrite the table.
ALTER TABLE orders ADD COLUMN customer_phone_key text;
CREATE TRIGGER note_phone BEFORE INSERT ON orders
  FOR EACH ROW WHEN (NEW.customer_phone IS NOT NULL) EXECUTE FUNCTION note_phone();
