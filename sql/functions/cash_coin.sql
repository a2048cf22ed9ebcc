-- The smallest coin, in minor units: as the restaurant says, else as its currency has
-- it. The Swiss one rappen went out of use in 2007, the two rappen in 1978.
CREATE OR REPLACE FUNCTION public.cash_coin(currency text, chosen integer) RETURNS integer
LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(chosen, CASE currency WHEN 'CHF' THEN 5 ELSE 1 END)
$$;
