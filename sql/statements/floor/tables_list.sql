-- A page of the tables, in the order in which they were made.
SELECT json_build_object(
  'data', coalesce(json_agg(p.shown ORDER BY p.place) FILTER (WHERE p.place <= $2::integer), '[]'::json),
  'next_cursor', max(p.id::text) FILTER (WHERE p.place = $2::integer AND p.found > $2::integer)) AS answer
FROM (
  SELECT f.id, f.shown, row_number() OVER (ORDER BY f.id) AS place, count(*) OVER () AS found
  FROM (
    SELECT t.id, table_json(t.restaurant_id, t.id) AS shown
    FROM tables t
    WHERE t.restaurant_id = $1 AND t.deleted_at IS NULL
      AND t.id > coalesce($3::uuid, '00000000-0000-0000-0000-000000000000')
    ORDER BY t.id
    LIMIT $2::integer + 1) f) p
