ALTER TABLE order_item_customizations ADD COLUMN quantity smallint NOT NULL DEFAULT 1;
ALTER TABLE order_item_customizations
  ADD CONSTRAINT order_item_customizations_quantity CHECK (quantity BETWEEN 1 AND 9) NOT VALID;
