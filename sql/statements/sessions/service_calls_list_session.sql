-- A page of one session's calls ($4), newest first; those in one status ($5) if
-- asked for.
SELECT json_build_object(
  'data', coalesce(json_agg(call_json($1::uuid, p.id) ORDER BY p.place) FILTER (WHERE p.place <= $2::integer), '[]'::json),
  'next_cursor', max(p.id::text) FILTER (WHERE p.place = $2::integer AND p.found > $2::integer)) AS answer
FROM (
  SELECT f.id, row_number() OVER (ORDER BY f.id DESC) AS place, count(*) OVER () AS found
  FROM (
    SELECT c.id
    FROM service_calls c
    WHERE c.restaurant_id = $1 AND c.id < coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
      AND c.session_id = $4::uuid
      AND ($5::text IS NULL OR (c.acknowledged_at IS NULL) = ($5 = 'open'))
    ORDER BY c.id DESC
    LIMIT $2::integer + 1) f) p
