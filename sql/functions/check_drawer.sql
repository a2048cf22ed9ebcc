-- BEFORE INSERT, and before a payment is made void: the drawer that the row names is not closed, and is not
-- until the transaction ends. Whoever closes it locks it FOR UPDATE and then adds up what is in it. A
-- request that finds it closed meanwhile begins again, and looks for another drawer.
CREATE OR REPLACE FUNCTION public.check_drawer() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
  is_closed boolean;
BEGIN
  SELECT d.closed_at IS NOT NULL INTO is_closed
  FROM public.drawers d
  WHERE d.restaurant_id = NEW.restaurant_id AND d.id = NEW.drawer_id
  FOR KEY SHARE;
  IF is_closed THEN
    RAISE EXCEPTION 'the drawer % was closed meanwhile', NEW.drawer_id USING ERRCODE = 'serialization_failure';
  END IF;
  RETURN NEW;
END
$$;
