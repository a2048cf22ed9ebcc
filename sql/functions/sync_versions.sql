-- The ids and versions of a restaurant's entities of one type, by id, from after
-- `after` on: what the mirror should hold.
CREATE OR REPLACE FUNCTION public.sync_versions(restaurant uuid, entity_type text, after uuid, how_many integer)
RETURNS TABLE (id uuid, version bigint)
LANGUAGE plpgsql STABLE AS $$
DECLARE
  kind record;
BEGIN
  SELECT e.relation, CASE WHEN e.is_removable THEN 'AND e.deleted_at IS NULL' ELSE '' END AS standing
  INTO STRICT kind
  FROM public.sync_entities() e
  WHERE e.entity_type = sync_versions.entity_type;
  RETURN QUERY EXECUTE pg_catalog.format(
    'SELECT e.id, e.version FROM public.%I e WHERE e.restaurant_id = $1 AND e.id > $2 %s ORDER BY e.id LIMIT $3',
    kind.relation, kind.standing) USING restaurant, after, how_many;
END
$$;
