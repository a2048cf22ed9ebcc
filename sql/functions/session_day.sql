-- The business day that a session belongs to: that of its last document, of any kind; NULL if there is none.
CREATE OR REPLACE FUNCTION public.session_day(restaurant uuid, session uuid) RETURNS date
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN greatest(
    (SELECT max(o.business_date) FROM public.orders o WHERE o.restaurant_id = restaurant AND o.session_id = session),
    (SELECT max((SELECT max(a.business_date) FROM public.order_adjustments a WHERE a.restaurant_id = restaurant AND a.order_id = o.id))
     FROM public.orders o WHERE o.restaurant_id = restaurant AND o.session_id = session),
    (SELECT max(p.business_date) FROM public.payments p WHERE p.restaurant_id = restaurant AND p.session_id = session),
    (SELECT max((SELECT max(f.business_date) FROM public.refunds f WHERE f.restaurant_id = restaurant AND f.payment_id = p.id))
     FROM public.payments p WHERE p.restaurant_id = restaurant AND p.session_id = session));
END
$$;
