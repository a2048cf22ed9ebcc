-- Likewise for what was chosen, with what its CHECK said. It finds the choices' lines, too: lines
-- are never removed, so that to look once is enough, and a foreign key looks, and locks, for each
-- choice.
-- function find_choice_on_menu
CREATE OR REPLACE TRIGGER find_on_menu AFTER INSERT ON order_item_customizations
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION find_choice_on_menu();
ALTER TABLE order_item_customizations DROP CONSTRAINT order_item_customizations_restaurant_id_order_item_id_fkey;
ALTER TABLE order_item_customizations DROP CONSTRAINT order_item_customizations_quantity;
