-- A drawer as the API shows it: of an open one what it comes to now, of a closed one what it came to.
CREATE OR REPLACE FUNCTION public.drawer_json(restaurant uuid, drawer uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  answer jsonb;
BEGIN
  SELECT jsonb_build_object(
    'id', d.id, 'name', d.name, 'staff_id', d.staff_id, 'staff_name', s.display_name, 'float', d.float_amount,
    'currency', d.currency, 'business_date', d.business_date, 'opened_at', public.rfc3339(d.opened_at),
    'closed_at', public.rfc3339(d.closed_at), 'closed_by', d.closed_by, 'closed_date', d.closed_date,
    'cash_paid', m.cash_paid, 'cash_refunded', m.cash_refunded, 'tips', m.tips, 'paid_in', m.paid_in, 'paid_out', m.paid_out,
    'expected', d.float_amount + m.cash_paid - m.cash_refunded + m.paid_in - m.paid_out,
    'counted', d.counted, 'difference', d.counted - d.expected)
  INTO answer
  FROM public.drawers d
  JOIN public.staff s ON s.restaurant_id = d.restaurant_id AND s.id = d.staff_id
  CROSS JOIN LATERAL (
    SELECT d.cash_paid, d.cash_refunded, d.tips, d.paid_in, d.paid_out WHERE d.closed_at IS NOT NULL
    UNION ALL
    SELECT x.cash_paid, x.cash_refunded, x.tips, x.paid_in, x.paid_out
    FROM public.drawer_sums(d.restaurant_id, d.id) x
    WHERE d.closed_at IS NULL) m
  WHERE d.restaurant_id = restaurant AND d.id = drawer;
  RETURN answer;
END
$$;
