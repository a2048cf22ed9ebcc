-- Issues a receipt or a credit note (receipt_document says what is in `head`, here also
-- payment_id): gives it the next number of its series, and stores it. The last thing that a transaction
-- locks, since the restaurant's other receipts wait for its end.
CREATE OR REPLACE FUNCTION public.receipt_issue(restaurant uuid, receipt uuid, head jsonb, orders uuid[], figures jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  is_note boolean := head ->> 'kind' = 'credit_note';
  day date;
  year_start text;
  year integer;
  n integer;
  reference text;
  issued timestamptz;
BEGIN
  SELECT public.document_date(now(), r.timezone, r.business_day_start, r.closed_through), r.fiscal_year_start
  INTO day, year_start
  FROM public.restaurants r
  WHERE r.id = restaurant;
  year := date_part('year', day)::integer - CASE WHEN to_char(day, 'MM-DD') < year_start THEN 1 ELSE 0 END;
  INSERT INTO public.receipt_counters AS c (restaurant_id, kind, fiscal_year, last_number)
  VALUES (restaurant, head ->> 'kind', year, 1)
  ON CONFLICT (restaurant_id, kind, fiscal_year) DO UPDATE SET last_number = c.last_number + excluded.last_number
  RETURNING last_number INTO n;
  issued := clock_timestamp(); -- after the wait for the number, so that later numbers have later times
  reference := CASE WHEN is_note THEN 'C' ELSE '' END || year || '-' || lpad(n::text, greatest(6, length(n::text)), '0');
  INSERT INTO public.receipts
    (restaurant_id, id, kind, fiscal_year, number, reference, business_date, session_id, share_id, is_part, corrects_id,
     payment_id, total_amount, figures, document, staff_id, issued_at)
  VALUES (restaurant, receipt, head ->> 'kind', year, n, reference, day, (head ->> 'session_id')::uuid,
    (head ->> 'share_id')::uuid, coalesce((head ->> 'is_part')::boolean, false), (head ->> 'corrects_id')::uuid,
    (head ->> 'payment_id')::uuid, coalesce((figures ->> 'total_amount')::bigint, 0), figures,
    public.receipt_document(restaurant, head || jsonb_build_object(
      'id', receipt, 'reference', reference, 'issued_at', issued, 'business_date', day), orders, figures),
    (head ->> 'staff_id')::uuid, issued);
  INSERT INTO public.receipt_orders (restaurant_id, receipt_id, order_id, covers)
  SELECT o.restaurant_id, receipt, o.id,
    CASE WHEN (head ->> 'is_part')::boolean THEN 'part' WHEN is_note THEN 'correction' ELSE 'order' END
  FROM unnest(receipt_issue.orders) AS n (id)
  JOIN public.orders o ON o.restaurant_id = restaurant AND o.id = n.id;
END
$$;
