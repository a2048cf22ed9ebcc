-- The receipt that a share, an order or a session's bill would get now, without a number. NULL: there is
-- no such thing.
CREATE OR REPLACE FUNCTION public.receipt_draft(restaurant uuid, session uuid, order_id uuid, share uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  place uuid := session;
  orders uuid[];
  parts uuid[];
  figures jsonb;
  amount bigint;
BEGIN
  IF order_id IS NOT NULL THEN
    SELECT o.session_id, ARRAY[o.id] INTO place, orders
    FROM public.orders o
    WHERE o.restaurant_id = restaurant AND o.id = receipt_draft.order_id;
  ELSIF EXISTS (SELECT FROM public.sessions s WHERE s.restaurant_id = restaurant AND s.id = session) THEN
    orders := public.receipt_standing(restaurant, session, true);
  END IF;
  IF orders IS NULL THEN
    RETURN NULL;
  END IF;
  figures := public.receipt_figures(restaurant, orders);
  IF share IS NOT NULL THEN
    parts := public.receipt_parts(restaurant, session);
    amount := public.receipt_open(restaurant, session, share, 0, parts);
    IF amount IS NULL THEN
      RETURN NULL;
    END IF;
    figures := public.receipt_part(figures, public.receipt_issued(restaurant, parts), amount);
  END IF;
  RETURN (
    SELECT (left(d.document::text, -1) || ', "copy" : false}')::json
    FROM (
      SELECT public.receipt_document(restaurant, jsonb_build_object('kind', 'receipt', 'session_id', place, 'share_id', share,
        'is_part', share IS NOT NULL, 'issued_at', now(),
        'business_date', public.document_date(now(), r.timezone, r.business_day_start, r.closed_through)), orders, figures) AS document
      FROM public.restaurants r
      WHERE r.id = restaurant) d);
END
$$;
