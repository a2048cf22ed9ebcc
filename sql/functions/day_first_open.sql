-- The first business day with a document that is not closed; NULL if there is none. By the indexes of
-- the tables that have documents.
CREATE OR REPLACE FUNCTION public.day_first_open(restaurant uuid) RETURNS date
LANGUAGE plpgsql STABLE AS $$
DECLARE
  since date := (SELECT coalesce(r.closed_through, '-infinity') FROM public.restaurants r WHERE r.id = restaurant);
BEGIN
  RETURN least(
    (SELECT min(o.business_date) FROM public.orders o WHERE o.restaurant_id = restaurant AND o.business_date > since),
    (SELECT min(a.business_date) FROM public.order_adjustments a WHERE a.restaurant_id = restaurant AND a.business_date > since),
    (SELECT min(p.business_date) FROM public.payments p WHERE p.restaurant_id = restaurant AND p.business_date > since),
    (SELECT min(f.business_date) FROM public.refunds f
     WHERE f.restaurant_id = restaurant AND f.business_date > since AND f.status = 'done'),
    (SELECT min(i.business_date) FROM public.receipts i WHERE i.restaurant_id = restaurant AND i.business_date > since),
    (SELECT min(d.business_date) FROM public.drawers d WHERE d.restaurant_id = restaurant AND d.business_date > since),
    (SELECT min(c.closed_date) FROM public.drawers c
     WHERE c.restaurant_id = restaurant AND c.closed_date > since AND c.closed_at IS NOT NULL),
    (SELECT min(m.business_date) FROM public.drawer_movements m WHERE m.restaurant_id = restaurant AND m.business_date > since));
END
$$;
