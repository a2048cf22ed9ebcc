-- Its own rate for what is taken away.
ALTER TABLE menu_items ADD COLUMN takeaway_tax_rate_ppm integer;
ALTER TABLE menu_items
  ADD CONSTRAINT menu_items_takeaway_rate CHECK (takeaway_tax_rate_ppm BETWEEN 0 AND 1000000) NOT VALID;
