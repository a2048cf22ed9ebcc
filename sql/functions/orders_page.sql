-- A page of orders as the API lists them: the first `size` of the ids, which are in the
-- order of the list. One more id than that says that there is a next page.
CREATE OR REPLACE FUNCTION public.orders_page(restaurant uuid, size integer, ids uuid[]) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  answer json;
BEGIN
  SELECT json_build_object(
    'data', coalesce((
      SELECT json_agg(public.order_json(restaurant, i.id) ORDER BY i.place)
      FROM unnest(ids[:size]) WITH ORDINALITY AS i (id, place)), '[]'::json),
    'next_cursor', (
      SELECT o.business_date || '_' || o.order_number
      FROM public.orders o
      WHERE o.restaurant_id = restaurant AND o.id = ids[size] AND cardinality(ids) > size))
  INTO answer;
  RETURN answer;
END
$$;
