-- What phone numbers are compared by: their digits, without the zeros in front, so that
-- +49 151 00000000 and 004915100000000 are one. NULL if there are none.
CREATE OR REPLACE FUNCTION public.phone_key(phone text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT nullif(ltrim(regexp_replace(phone, '[^0-9]', '', 'g'), '0'), '')
$$;
