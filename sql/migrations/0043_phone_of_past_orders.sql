-- batch without triggers
-- Those placed before, as note_phone() does it for new ones.
UPDATE orders o SET customer_phone_key = public.phone_key(o.customer_phone)
FROM (
  SELECT q.restaurant_id, q.id
  FROM orders q
  WHERE q.customer_phone IS NOT NULL AND q.customer_phone_key IS NULL AND public.phone_key(q.customer_phone) IS NOT NULL
  LIMIT 2000) AS b
WHERE o.restaurant_id = b.restaurant_id AND o.id = b.id
