-- A JSON array of strings as an array of texts; an absent one is empty.
CREATE OR REPLACE FUNCTION public.json_texts(list jsonb) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RETURN CASE
    WHEN list IS NULL OR pg_catalog.jsonb_typeof(list) <> 'array' THEN '{}'::text[]
    ELSE ARRAY(SELECT pg_catalog.jsonb_array_elements_text(list))
  END;
END
$$;
