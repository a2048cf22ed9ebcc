-- A page of the drawers that are open, newest first.
SELECT json_build_object(
  'data', coalesce(json_agg(drawer_json($1::uuid, p.id) ORDER BY p.place) FILTER (WHERE p.place <= $2::integer), '[]'::json),
  'next_cursor', max(p.id::text) FILTER (WHERE p.place = $2::integer AND p.found > $2::integer)) AS answer
FROM (
  SELECT f.id, row_number() OVER (ORDER BY f.id DESC) AS place, count(*) OVER () AS found
  FROM (
    SELECT d.id
    FROM drawers d
    WHERE d.restaurant_id = $1 AND d.id < coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
      AND d.closed_at IS NULL
    ORDER BY d.id DESC
    LIMIT $2::integer + 1) f) p
