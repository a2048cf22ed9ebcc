-- The ids and versions of a restaurant's entities of one type, by id, behind
-- `after`: what the mirror should hold.
CREATE OR REPLACE FUNCTION public.sync_versions(restaurant uuid, entity_type text, after uuid, how_many integer)
RETURNS TABLE (id uuid, version bigint)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  CASE entity_type
  WHEN 'order' THEN
    RETURN QUERY SELECT e.id, e.version FROM public.orders e
      WHERE e.restaurant_id = restaurant AND e.id > after AND e.deleted_at IS NULL ORDER BY e.id LIMIT how_many;
  WHEN 'menu_category' THEN
    RETURN QUERY SELECT e.id, e.version FROM public.menu_categories e
      WHERE e.restaurant_id = restaurant AND e.id > after AND e.deleted_at IS NULL ORDER BY e.id LIMIT how_many;
  WHEN 'menu_item' THEN
    RETURN QUERY SELECT e.id, e.version FROM public.menu_items e
      WHERE e.restaurant_id = restaurant AND e.id > after AND e.deleted_at IS NULL ORDER BY e.id LIMIT how_many;
  WHEN 'menu_item_option' THEN
    RETURN QUERY SELECT e.id, e.version FROM public.menu_item_options e
      WHERE e.restaurant_id = restaurant AND e.id > after AND e.deleted_at IS NULL ORDER BY e.id LIMIT how_many;
  WHEN 'table' THEN
    RETURN QUERY SELECT e.id, e.version FROM public.tables e
      WHERE e.restaurant_id = restaurant AND e.id > after AND e.deleted_at IS NULL ORDER BY e.id LIMIT how_many;
  WHEN 'session' THEN
    RETURN QUERY SELECT e.id, e.version FROM public.sessions e
      WHERE e.restaurant_id = restaurant AND e.id > after ORDER BY e.id LIMIT how_many;
  WHEN 'payment' THEN
    RETURN QUERY SELECT e.id, e.version FROM public.payments e
      WHERE e.restaurant_id = restaurant AND e.id > after ORDER BY e.id LIMIT how_many;
  END CASE;
END
$$;
