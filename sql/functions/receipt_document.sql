-- A receipt as it is stored once it is issued, or as a draft shows it. `head` says what is not in the
-- figures: kind, id, reference, issued_at, business_date, buyer, session_id, share_id, is_part, staff_id; of a credit
-- note also corrects_id, and in known the ids of adjustments that the documents it corrects list.
CREATE OR REPLACE FUNCTION public.receipt_document(restaurant uuid, head jsonb, orders uuid[], figures jsonb) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  is_note boolean := head ->> 'kind' = 'credit_note';
  session uuid := (head ->> 'session_id')::uuid;
  share uuid := (head ->> 'share_id')::uuid;
  is_part boolean := coalesce((head ->> 'is_part')::boolean, false);
  known uuid[] := ARRAY(SELECT k.id::uuid FROM jsonb_array_elements_text(head -> 'known') AS k (id));
  issued timestamptz := (head ->> 'issued_at')::timestamptz;
  listed json := public.receipt_orders_json(restaurant, orders, head ->> 'kind', share, known);
  by_rate json := public.receipt_taxes_json(figures);
  money json;
  answer json;
BEGIN
  IF is_note THEN -- what was paid is on the receipt
    money := json_build_object('payments', '[]'::json, 'refunds', '[]'::json, 'paid', 0, 'refunded', 0, 'rounding_amount', 0);
  ELSE
    money := public.receipt_payments_json(restaurant, orders, session, share, is_part);
  END IF;
  SELECT json_build_object(
    'id', head -> 'id', 'kind', head -> 'kind', 'reference', head -> 'reference',
    'draft', head ->> 'reference' IS NULL, 'fiscal', r.receipts_are_fiscal,
    'issued_at', public.rfc3339(issued),
    'issued_local', to_char(issued AT TIME ZONE r.timezone, 'YYYY-MM-DD HH24:MI'),
    'business_date', head -> 'business_date',
    'corrects', (
      SELECT json_build_object('id', c.id, 'reference', c.reference, 'issued_local', c.document -> 'issued_local')
      FROM public.receipts c
      WHERE c.restaurant_id = restaurant AND c.id = (head ->> 'corrects_id')::uuid),
    'reason', CASE WHEN is_note THEN coalesce((
        SELECT string_agg(e.reason, '; ')
        FROM (
          SELECT DISTINCT coalesce(a.value ->> 'reason', a.value ->> 'kind') AS reason
          FROM json_array_elements(listed) o
          CROSS JOIN json_array_elements(o.value -> 'adjustments') a) e), 'rounding') END,
    'restaurant', json_build_object('name', r.name, 'legal_name', r.legal_name, 'address', r.address,
      'tax_number', r.tax_number, 'receipt_footer', r.receipt_footer),
    'buyer', CASE WHEN jsonb_typeof(head -> 'buyer') = 'object' THEN json_build_object('name', head #> '{buyer,name}',
      'tax_id', head #> '{buyer,tax_id}', 'address', head #> '{buyer,address}') END,
    'session_id', session,
    'table_name', (
      SELECT t.name
      FROM public.tables t
      WHERE t.restaurant_id = restaurant AND t.id = coalesce(
        (SELECT s.table_id FROM public.sessions s WHERE s.restaurant_id = restaurant AND s.id = session),
        (SELECT o.table_id FROM public.orders o WHERE o.restaurant_id = restaurant AND o.id = receipt_document.orders[1]))),
    'share', (
      SELECT json_build_object('id', h.id, 'label', h.label, 'place', (
          SELECT count(*)
          FROM public.shares b
          WHERE b.restaurant_id = restaurant AND b.session_id = h.session_id AND b.ended_at IS NULL
            AND (b.created_at, b.id) <= (h.created_at, h.id)), 'of', (
          SELECT count(*)
          FROM public.shares b
          WHERE b.restaurant_id = restaurant AND b.session_id = h.session_id AND b.ended_at IS NULL))
      FROM public.shares h
      WHERE h.restaurant_id = restaurant AND h.id = share),
    'staff_name', (
      SELECT s.display_name FROM public.staff s WHERE s.restaurant_id = restaurant AND s.id = (head ->> 'staff_id')::uuid),
    'currency', coalesce(f.currency, r.currency), 'currency_exponent', public.currency_exponent(coalesce(f.currency, r.currency)),
    'prices_include_tax', coalesce(f.prices_include_tax, r.prices_include_tax), 'orders', listed,
    'subtotal', coalesce((figures ->> 'subtotal')::bigint, 0),
    'discount_amount', coalesce((figures ->> 'discount_amount')::bigint, 0),
    'service_charge_amount', coalesce((figures ->> 'service_charge_amount')::bigint, 0),
    'tax_amount', (SELECT coalesce(sum((t.value ->> 'amount')::bigint), 0) FROM json_array_elements(by_rate) t),
    'tip_amount', coalesce((figures ->> 'tip_amount')::bigint, 0),
    'deposit_used', coalesce((figures ->> 'deposit_used')::bigint, 0),
    'total_amount', coalesce((figures ->> 'total_amount')::bigint, 0), 'taxes', by_rate,
    'payments', money -> 'payments', 'refunds', money -> 'refunds', 'paid', money -> 'paid', 'refunded', money -> 'refunded',
    'rounding_amount', money -> 'rounding_amount',
    'due', CASE WHEN is_note OR (is_part AND share IS NULL) THEN 0 ELSE public.receipt_due(restaurant, orders, share) END)
  INTO answer
  FROM public.restaurants r
  LEFT JOIN public.orders f ON f.restaurant_id = restaurant AND f.id = receipt_document.orders[1]
  WHERE r.id = restaurant;
  RETURN answer;
END
$$;
