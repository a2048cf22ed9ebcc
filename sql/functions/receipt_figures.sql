-- What orders come to by now, as amounts by name, those of zero left out: so figures can be
-- added, subtracted and divided alike (receipt_difference, receipt_part). Of each rate of tax
-- ["taxable", rate, is inclusive], and of each of its parts ["tax", rate, is inclusive, place, name, its rate];
-- place 0 and no name where the tax is not divided.
CREATE OR REPLACE FUNCTION public.receipt_figures(restaurant uuid, orders uuid[]) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
  figures jsonb;
BEGIN
  WITH f AS (
    SELECT o.prices_include_tax, o.tax_parts,
      coalesce(o.standing -> 'adjusted', jsonb_build_object('subtotal', o.subtotal, 'discount_amount', o.discount_amount,
        'service_charge_amount', o.service_charge_amount, 'tip_amount', o.tip_amount, 'deposit_used', o.deposit_used,
        'total_amount', o.total_amount, 'taxes', o.taxes)) AS stands
    FROM unnest(receipt_figures.orders) AS n (id)
    CROSS JOIN LATERAL (
      SELECT o.prices_include_tax, o.tax_parts, o.standing, o.subtotal, o.discount_amount, o.service_charge_amount, o.tip_amount,
        o.deposit_used, o.total_amount, o.taxes
      FROM public.orders o
      WHERE o.restaurant_id = restaurant AND o.id = n.id AND o.status <> 'cancelled' AND o.deleted_at IS NULL
      LIMIT 1) o),
  x AS (
    SELECT f.prices_include_tax, f.tax_parts, e.tax
    FROM f
    CROSS JOIN jsonb_array_elements(f.stands -> 'taxes') AS e (tax)),
  a AS (
    SELECT k.name AS key, (f.stands ->> k.name)::bigint AS amount
    FROM f
    CROSS JOIN unnest(ARRAY['subtotal', 'discount_amount', 'service_charge_amount', 'tip_amount', 'deposit_used', 'total_amount'])
      AS k (name)
    UNION ALL
    SELECT jsonb_build_array('taxable', x.tax -> 'rate_ppm', x.prices_include_tax)::text, (x.tax ->> 'taxable')::bigint
    FROM x
    UNION ALL
    SELECT jsonb_build_array('tax', x.tax -> 'rate_ppm', x.prices_include_tax, 0, NULL, x.tax -> 'rate_ppm')::text,
      (x.tax ->> 'amount')::bigint
    FROM x
    WHERE jsonb_typeof(x.tax -> 'parts') IS DISTINCT FROM 'array'
    UNION ALL
    SELECT jsonb_build_array('tax', x.tax -> 'rate_ppm', x.prices_include_tax, p.place, p.part -> 'name',
        ((x.tax ->> 'rate_ppm')::bigint * (x.tax_parts -> (p.place - 1)::integer ->> 'share_ppm')::bigint / 1000000))::text,
      (p.part ->> 'amount')::bigint
    FROM x
    CROSS JOIN jsonb_array_elements(CASE jsonb_typeof(x.tax -> 'parts') WHEN 'array' THEN x.tax -> 'parts' ELSE '[]' END)
      WITH ORDINALITY AS p (part, place))
  SELECT coalesce(jsonb_object_agg(s.key, s.amount), '{}') INTO figures
  FROM (SELECT a.key, sum(a.amount) AS amount FROM a GROUP BY a.key HAVING sum(a.amount) <> 0) s;
  RETURN figures;
END
$$;
