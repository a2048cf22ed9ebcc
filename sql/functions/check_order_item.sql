-- BEFORE INSERT, and UPDATE of voided_quantity: a line's subtotal is its price times its quantity, and no
-- more of it is void than was ordered. See check_session.
CREATE OR REPLACE FUNCTION public.check_order_item() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.subtotal <> (NEW.price + NEW.customization_amount) * NEW.quantity THEN
    RAISE EXCEPTION 'order_items_subtotal: the subtotal of line % is not its price times its quantity', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'order_items_subtotal';
  ELSIF NEW.voided_quantity < 0 OR NEW.voided_quantity > NEW.quantity THEN
    RAISE EXCEPTION 'order_items_voided: of line %, % cannot be void', NEW.id, NEW.voided_quantity
      USING ERRCODE = 'check_violation', CONSTRAINT = 'order_items_voided';
  END IF;
  RETURN NEW;
END
$$;
