-- One look at the menu for all lines of an order, instead of one for each.
-- function find_item_on_menu
CREATE OR REPLACE TRIGGER find_on_menu AFTER INSERT ON order_items
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION find_item_on_menu();
