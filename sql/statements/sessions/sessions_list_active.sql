-- A page of the active sessions, overdue ones too, newest first. A table has at most one.
SELECT json_build_object(
  'data', coalesce(json_agg(session_json($1::uuid, p.id) ORDER BY p.place) FILTER (WHERE p.place <= $2::integer), '[]'::json),
  'next_cursor', max(p.id::text) FILTER (WHERE p.place = $2::integer AND p.found > $2::integer)) AS answer
FROM (
  SELECT f.id, row_number() OVER (ORDER BY f.id DESC) AS place, count(*) OVER () AS found
  FROM (
    SELECT s.id
    FROM sessions s
    WHERE s.restaurant_id = $1 AND s.id < coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
      AND s.status = 'active' AND (s.expires_at > now() OR session_owes(s.restaurant_id, s.id))
    ORDER BY s.id DESC
    LIMIT $2::integer + 1) f) p
