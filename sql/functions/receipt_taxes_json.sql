-- The taxes of figures (receipt_figures), by rate: [{rate_ppm, taxable, amount, parts}].
CREATE OR REPLACE FUNCTION public.receipt_taxes_json(figures jsonb) RETURNS json
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN (
    WITH f AS (
      SELECT e.key::jsonb AS name, e.value::bigint AS amount
      FROM jsonb_each_text(figures) e
      WHERE e.key LIKE '["tax%'),
    p AS (
      SELECT (f.name ->> 1)::integer AS rate_ppm, (f.name ->> 3)::integer AS place, f.name ->> 4 AS name,
        (f.name ->> 5)::integer AS part_rate_ppm, sum(f.amount) AS amount
      FROM f
      WHERE f.name ->> 0 = 'tax'
      GROUP BY 1, 2, 3, 4),
    t AS (
      SELECT (f.name ->> 1)::integer AS rate_ppm, coalesce(sum(f.amount) FILTER (WHERE f.name ->> 0 = 'taxable'), 0) AS taxable,
        coalesce(sum(f.amount) FILTER (WHERE f.name ->> 0 = 'tax'), 0) AS amount
      FROM f
      GROUP BY 1)
    SELECT coalesce(json_agg(json_build_object('rate_ppm', t.rate_ppm, 'taxable', t.taxable, 'amount', t.amount, 'parts', (
        SELECT json_agg(json_build_object('name', p.name, 'rate_ppm', p.part_rate_ppm, 'amount', p.amount) ORDER BY p.place)
        FROM p
        WHERE p.rate_ppm = t.rate_ppm AND p.name IS NOT NULL)) ORDER BY t.rate_ppm), '[]'::json)
    FROM t);
END
$$;
