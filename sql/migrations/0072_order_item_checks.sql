CREATE TRIGGER check_order_item BEFORE INSERT OR UPDATE OF voided_quantity ON order_items
  FOR EACH ROW EXECUTE FUNCTION check_order_item();
ALTER TABLE order_items DROP CONSTRAINT order_items_subtotal;
ALTER TABLE order_items DROP CONSTRAINT order_items_voided;
