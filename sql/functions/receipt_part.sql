-- The figures of a part of a bill that comes to `amount`, after parts that come to `before`: each
-- is rounded over all parts so far, so that the parts of the whole bill add up to it. The
-- subtotal is what makes the rest the amount.
CREATE OR REPLACE FUNCTION public.receipt_part(bill jsonb, before jsonb, amount bigint) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
  total numeric := coalesce((bill ->> 'total_amount')::numeric, 0);
  so_far numeric := coalesce((before ->> 'total_amount')::numeric, 0) + amount;
  target jsonb;
BEGIN
  IF so_far = total THEN
    RETURN public.receipt_difference(bill, before);
  END IF;
  SELECT coalesce(jsonb_object_agg(b.key, round(b.value::numeric * so_far / nullif(total, 0))), '{}') INTO target
  FROM jsonb_each_text(bill) b
  WHERE b.key NOT IN ('subtotal', 'total_amount') AND total <> 0;
  target := target || jsonb_build_object('total_amount', so_far, 'subtotal', so_far
    + coalesce((target ->> 'discount_amount')::numeric, 0) - coalesce((target ->> 'service_charge_amount')::numeric, 0)
    - coalesce((target ->> 'tip_amount')::numeric, 0) + coalesce((target ->> 'deposit_used')::numeric, 0)
    - (SELECT coalesce(sum(t.value::numeric), 0)
       FROM jsonb_each_text(target) t
       WHERE t.key LIKE '["tax", %' AND t.key::jsonb -> 2 = 'false'));
  RETURN public.receipt_difference(target, before);
END
$$;
