-- AFTER INSERT: what was chosen for a line is a value of that option, on its own
-- restaurant's menu.
CREATE OR REPLACE FUNCTION public.find_choice_on_menu() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM public.menu_item_option_values v
    WHERE v.restaurant_id = NEW.restaurant_id AND v.id = NEW.value_id AND v.option_id = NEW.option_id) THEN
    RAISE EXCEPTION 'the restaurant''s menu has no value % of option %', NEW.value_id, NEW.option_id
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END
$$;
