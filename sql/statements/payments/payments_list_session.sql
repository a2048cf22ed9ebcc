-- A page of the payments of one session ($4), newest first.
SELECT json_build_object(
  'data', coalesce(json_agg(payment_json($1::uuid, p.id) ORDER BY p.place) FILTER (WHERE p.place <= $2::integer), '[]'::json),
  'next_cursor', max(p.id::text) FILTER (WHERE p.place = $2::integer AND p.found > $2::integer)) AS answer
FROM (
  SELECT f.id, row_number() OVER (ORDER BY f.id DESC) AS place, count(*) OVER () AS found
  FROM (
    SELECT p.id
    FROM payments p
    WHERE p.restaurant_id = $1 AND p.session_id = $4::uuid
      AND p.id < coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
    ORDER BY p.id DESC
    LIMIT $2::integer + 1) f) p
