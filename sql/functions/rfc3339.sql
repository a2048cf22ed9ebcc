-- A time as the API writes it: RFC 3339, UTC, milliseconds.
CREATE OR REPLACE FUNCTION public.rfc3339(t timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
  SELECT pg_catalog.to_char(t AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;
