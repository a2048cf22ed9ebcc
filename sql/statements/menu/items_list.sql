-- A page of the items, in the order in which they were made.
SELECT json_build_object(
  'data', coalesce(json_agg(p.shown ORDER BY p.place) FILTER (WHERE p.place <= $2::integer), '[]'::json),
  'next_cursor', max(p.id::text) FILTER (WHERE p.place = $2::integer AND p.found > $2::integer)) AS answer
FROM (
  SELECT f.id, f.shown, row_number() OVER (ORDER BY f.id) AS place, count(*) OVER () AS found
  FROM (
    SELECT i.id, item_json(i.restaurant_id, i.id) AS shown
    FROM menu_items i
    WHERE i.restaurant_id = $1 AND i.deleted_at IS NULL
      AND ($4::uuid IS NULL OR i.category_id = $4)
      AND ($5::boolean IS NULL OR i.is_available = $5)
      AND i.id > coalesce($3::uuid, '00000000-0000-0000-0000-000000000000')
    ORDER BY i.id
    LIMIT $2::integer + 1) f) p
