-- lines: what of the document's amounts is of which line, [{id, quantity, subtotal, discount_amount,
-- tax_amount}]; the rest is of the order as a whole. For reports by item.
ALTER TABLE order_adjustments ADD COLUMN lines jsonb;
CREATE TRIGGER check_day BEFORE INSERT ON order_adjustments
  FOR EACH ROW EXECUTE FUNCTION check_day();
