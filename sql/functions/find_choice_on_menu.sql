-- AFTER INSERT: what was chosen is for lines of the restaurant, which are never removed, and is a
-- value of its option on the restaurant's menu, one to nine times. Once for all choices of a
-- statement, as find_item_on_menu does; choices never change.
CREATE OR REPLACE FUNCTION public.find_choice_on_menu() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  choice record;
BEGIN
  SELECT a.restaurant_id, a.id, a.order_item_id, a.option_id, a.value_id, a.quantity INTO choice
  FROM added a
  WHERE a.quantity NOT BETWEEN 1 AND 9
     OR (SELECT l.id FROM public.order_items l WHERE l.restaurant_id = a.restaurant_id AND l.id = a.order_item_id) IS NULL
     OR (SELECT v.id FROM public.menu_item_option_values v
         WHERE v.restaurant_id = a.restaurant_id AND v.id = a.value_id AND v.option_id = a.option_id) IS NULL
  LIMIT 1;
  IF NOT FOUND THEN
    RETURN NULL;
  ELSIF choice.quantity NOT BETWEEN 1 AND 9 THEN
    RAISE EXCEPTION 'order_item_customizations_quantity: choice % is not of one to nine', choice.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'order_item_customizations_quantity';
  ELSIF EXISTS (SELECT FROM public.order_items l WHERE l.restaurant_id = choice.restaurant_id AND l.id = choice.order_item_id) THEN
    RAISE EXCEPTION 'the restaurant''s menu has no value % of option %', choice.value_id, choice.option_id
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  RAISE EXCEPTION 'order_item_customizations_line: the restaurant has no ordered line %', choice.order_item_id
    USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'order_item_customizations_line';
END
$$;
