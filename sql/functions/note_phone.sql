-- BEFORE INSERT of an order with a phone number: what it is found by.
CREATE OR REPLACE FUNCTION public.note_phone() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.customer_phone_key := public.phone_key(NEW.customer_phone);
  RETURN NEW;
END
$$;
