-- AFTER INSERT: an ordered line's item is on its own restaurant's menu.
CREATE OR REPLACE FUNCTION public.find_item_on_menu() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM public.menu_items i WHERE i.restaurant_id = NEW.restaurant_id AND i.id = NEW.menu_item_id) THEN
    RAISE EXCEPTION 'the restaurant''s menu has no item %', NEW.menu_item_id USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END
$$;
