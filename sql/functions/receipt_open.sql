-- What of a share its receipts (among `parts`) do not cover yet, below zero if they cover more than the share
-- has by now. Without a share: the same of what is in no share. NULL: the session has no such share.
CREATE OR REPLACE FUNCTION public.receipt_open(restaurant uuid, session uuid, share uuid, bill bigint, parts uuid[]) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
  amount bigint;
BEGIN
  IF share IS NULL THEN
    SELECT bill - coalesce(sum(h.amount), 0) INTO amount
    FROM public.shares h
    WHERE h.restaurant_id = restaurant AND h.session_id = session AND h.ended_at IS NULL;
  ELSE -- one that has ended comes to nothing
    SELECT h.amount INTO amount
    FROM public.shares h
    WHERE h.restaurant_id = restaurant AND h.session_id = session AND h.id = share;
  END IF;
  RETURN amount - (
    SELECT coalesce(sum(r.total_amount), 0)
    FROM unnest(parts) AS n (id)
    CROSS JOIN LATERAL (
      SELECT r.total_amount, r.share_id FROM public.receipts r WHERE r.restaurant_id = restaurant AND r.id = n.id LIMIT 1) r
    WHERE r.share_id IS NOT DISTINCT FROM share);
END
$$;
