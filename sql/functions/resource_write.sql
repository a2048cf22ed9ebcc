-- Adds a row of a table, or changes it: each column that fields name takes its
-- value. The others stay, or have the table's defaults; so does a column that
-- cannot be NULL where fields say null. A new column needs no change here.
CREATE OR REPLACE FUNCTION public.resource_write(relation text, restaurant uuid, row_id uuid, fields jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  into_table text := format('public.%I', relation);
  columns text;
  n integer;
BEGIN
  SELECT string_agg(quote_ident(a.attname), ', ') INTO columns
  FROM pg_catalog.pg_attribute a
  WHERE a.attrelid = into_table::regclass AND a.attnum > 0 AND NOT a.attisdropped AND fields ? a.attname::text
    AND NOT (a.attnotnull AND fields -> a.attname::text = 'null');
  EXECUTE format('UPDATE %1$s t SET (%2$s) = (SELECT %2$s FROM jsonb_populate_record(t, $3))
    WHERE t.restaurant_id = $1 AND t.id = $2', into_table, coalesce(columns, 'id')) USING restaurant, row_id, fields;
  GET DIAGNOSTICS n = ROW_COUNT;
  IF n = 0 THEN
    EXECUTE format('INSERT INTO %1$s (restaurant_id, id, %2$s) SELECT $1, $2, %2$s FROM jsonb_populate_record(NULL::%1$s, $3)',
      into_table, columns) USING restaurant, row_id, fields;
  END IF;
END
$$;
