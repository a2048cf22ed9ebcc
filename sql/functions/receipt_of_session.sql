-- Issues a session's receipt, or a share's; the caller has locked the session and its orders. Returns issued;
-- receipted: everything already has a receipt; shares, or orders: the bill has receipts for those instead; nothing:
-- there is nothing on the bill; missing: the session has no such share.
-- A bill has receipts for its orders or for its shares, until all of the shares' have been credited.
CREATE OR REPLACE FUNCTION public.receipt_of_session(restaurant uuid, receipt uuid, session uuid, share uuid, head jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  standing uuid[] := public.receipt_standing(restaurant, session, true);
  left_over uuid[] := public.receipt_standing(restaurant, session, false);
  parts uuid[] := public.receipt_parts(restaurant, session);
  before jsonb := public.receipt_issued(restaurant, parts);
  bill jsonb;
  amount bigint;
BEGIN
  IF share IS NULL AND before = '{}' THEN
    IF cardinality(left_over) = 0 THEN
      RETURN CASE WHEN cardinality(standing) > 0 THEN 'receipted' ELSE 'nothing' END;
    END IF;
    PERFORM public.receipt_issue(restaurant, receipt, head || jsonb_build_object('kind', 'receipt', 'session_id', session),
      left_over, public.receipt_figures(restaurant, left_over));
    RETURN 'issued';
  END IF;
  bill := public.receipt_figures(restaurant, standing);
  amount := public.receipt_open(restaurant, session, share, coalesce((bill ->> 'total_amount')::bigint, 0), parts);
  IF amount IS NULL THEN
    RETURN 'missing';
  ELSIF cardinality(left_over) < cardinality(standing) THEN
    RETURN 'orders';
  ELSIF amount <= 0 THEN
    RETURN CASE
      WHEN share IS NULL THEN 'shares'
      WHEN EXISTS (
        SELECT FROM public.receipts r
        WHERE r.restaurant_id = restaurant AND r.id = ANY (parts) AND r.share_id = share) THEN 'receipted'
      ELSE 'nothing' END;
  END IF;
  PERFORM public.receipt_issue(restaurant, receipt, head || jsonb_build_object(
    'kind', 'receipt', 'session_id', session, 'share_id', share, 'is_part', true), standing,
    public.receipt_part(bill, before, amount));
  RETURN 'issued';
END
$$;
