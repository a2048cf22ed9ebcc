-- Renames an object's top-level keys for the mirror: image_url to imageUrl.
CREATE OR REPLACE FUNCTION public.camel_keys(object jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(pg_catalog.jsonb_object_agg(
    pg_catalog.lower(pg_catalog.left(c.key, 1)) || pg_catalog.substr(pg_catalog.replace(pg_catalog.initcap(pg_catalog.replace(c.key, '_', ' ')), ' ', ''), 2), c.value), '{}'::jsonb)
  FROM pg_catalog.jsonb_each(object) c
$$;
