-- When a line took its steps: a wrong one is taken back only for some minutes.
-- The name sorts after the guard's: nobody but this trigger sets the two.
ALTER TABLE order_items ADD COLUMN preparing_at timestamptz;
ALTER TABLE order_items ADD COLUMN ready_at timestamptz;
CREATE TRIGGER note_step BEFORE UPDATE OF status ON order_items
  FOR EACH ROW EXECUTE FUNCTION note_line_step();
