-- AFTER INSERT: the items of ordered lines are on their own restaurant's menu. Once for all
-- lines of a statement, which are `added`. A subquery, and no NOT EXISTS, so that each line is
-- looked up in the menu's index, however many there are.
CREATE OR REPLACE FUNCTION public.find_item_on_menu() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  line record;
BEGIN
  SELECT a.menu_item_id INTO line
  FROM added a
  WHERE (SELECT i.id FROM public.menu_items i WHERE i.restaurant_id = a.restaurant_id AND i.id = a.menu_item_id) IS NULL
  LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the restaurant''s menu has no item %', line.menu_item_id USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END
$$;
