-- A page of the accounts, in the order in which they were made.
SELECT json_build_object(
  'data', coalesce(json_agg(p.shown ORDER BY p.place) FILTER (WHERE p.place <= $2::integer), '[]'::json),
  'next_cursor', max(p.id::text) FILTER (WHERE p.place = $2::integer AND p.found > $2::integer)) AS answer
FROM (
  SELECT f.id, f.shown, row_number() OVER (ORDER BY f.id) AS place, count(*) OVER () AS found
  FROM (
    SELECT s.id, staff_json(s.restaurant_id, s.id) AS shown
    FROM staff s
    WHERE s.restaurant_id = $1 AND s.deleted_at IS NULL
      AND s.id > coalesce($3::uuid, '00000000-0000-0000-0000-000000000000')
    ORDER BY s.id
    LIMIT $2::integer + 1) f) p
