-- The receipt that a payment issues when it settles what it is for: a share, or an order without a session, or
-- else the whole session. Where something is still due, or all has its receipt, there is none.
CREATE OR REPLACE FUNCTION public.receipt_at_settlement(
  restaurant uuid, receipt uuid, session uuid, order_id uuid, share uuid, head jsonb) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
  IF session IS NULL THEN
    RETURN CASE WHEN public.receipt_due(restaurant, ARRAY[order_id], NULL) = 0
      THEN public.receipt_of_order(restaurant, receipt, order_id, head) END;
  ELSIF share IS NOT NULL THEN
    RETURN CASE WHEN public.receipt_due(restaurant, NULL, share) = 0
      THEN public.receipt_of_session(restaurant, receipt, session, share, head) END;
  END IF;
  RETURN CASE WHEN (SELECT d.due FROM public.session_due(restaurant, session) d) = 0
    THEN public.receipt_of_session(restaurant, receipt, session, NULL, head) END;
END
$$;
