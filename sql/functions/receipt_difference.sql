-- One set of figures less another (receipt_figures); {} where they are the same.
CREATE OR REPLACE FUNCTION public.receipt_difference(figures jsonb, less jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN (
    SELECT coalesce(jsonb_object_agg(s.key, s.amount), '{}')
    FROM (
      SELECT a.key, sum(a.amount) AS amount
      FROM (
        SELECT f.key, f.value::bigint AS amount FROM jsonb_each_text(figures) f
        UNION ALL
        SELECT l.key, -l.value::bigint FROM jsonb_each_text(less) l) a
      GROUP BY a.key
      HAVING sum(a.amount) <> 0) s);
END
$$;
