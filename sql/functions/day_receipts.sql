-- The receipts of a business day, or its credit notes: how many, the first and the last, what they come to.
-- Numbers have no gaps, but a day may be of two fiscal years.
CREATE OR REPLACE FUNCTION public.day_receipts(restaurant uuid, day date, which text) RETURNS json
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (
    SELECT json_build_object('count', count(*), 'first', (array_agg(i.reference ORDER BY i.fiscal_year, i.number))[1],
      'last', (array_agg(i.reference ORDER BY i.fiscal_year DESC, i.number DESC))[1], 'total_amount', coalesce(sum(i.total_amount), 0))
    FROM public.receipts i
    WHERE i.restaurant_id = restaurant AND i.business_date = day AND i.kind = which);
END
$$;
