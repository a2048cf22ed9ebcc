-- BEFORE INSERT, and UPDATE of standing_total: an order's figures add up, and it never comes to less
-- than nothing. See check_session.
CREATE OR REPLACE FUNCTION public.check_order() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.total_amount <> NEW.subtotal + (CASE WHEN NEW.prices_include_tax THEN 0 ELSE NEW.tax_amount END)
       + NEW.tip_amount - NEW.discount_amount - NEW.deposit_used + NEW.service_charge_amount
     OR NEW.service_charge_amount < 0 OR NEW.standing_total < 0 THEN
    RAISE EXCEPTION 'orders_total: the figures of order % do not add up, or are below zero', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_total';
  END IF;
  RETURN NEW;
END
$$;
