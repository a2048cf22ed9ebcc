-- BEFORE UPDATE of what guests read with the menu: its version is the menu's
-- entity tag.
CREATE OR REPLACE FUNCTION public.raise_menu_version() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.menu_version := OLD.menu_version + 1;
  RETURN NEW;
END
$$;
