-- What receipts and credit notes come to together: figures as receipt_figures has them. Here and where
-- others read what an array names, one by one by its key: a small table would be read whole.
CREATE OR REPLACE FUNCTION public.receipt_issued(restaurant uuid, receipts uuid[]) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT coalesce(jsonb_object_agg(s.key, s.amount), '{}')
    FROM (
      SELECT f.key, sum(f.value::bigint) AS amount
      FROM unnest(receipt_issued.receipts) AS n (id)
      CROSS JOIN LATERAL (
        SELECT r.figures FROM public.receipts r WHERE r.restaurant_id = restaurant AND r.id = n.id LIMIT 1) r
      CROSS JOIN jsonb_each_text(r.figures) f
      GROUP BY f.key
      HAVING sum(f.value::bigint) <> 0) s);
END
$$;
