-- What an item is to the tax office: an HSN or SAC code, or whatever the law asks receipts to
-- show.
ALTER TABLE menu_items ADD COLUMN item_code text;
ALTER TABLE menu_items ADD CONSTRAINT menu_items_code CHECK (length(item_code) BETWEEN 1 AND 20) NOT VALID;
