-- The business day that a document of the moment belongs to: the moment's own, or the next open one if
-- that is closed. One expression, which PostgreSQL inlines.
CREATE OR REPLACE FUNCTION public.document_date(t timestamptz, timezone text, day_start time, closed_through date) RETURNS date
LANGUAGE sql STABLE AS $$
  SELECT greatest(public.business_date(t, timezone, day_start), closed_through + 1)
$$;
