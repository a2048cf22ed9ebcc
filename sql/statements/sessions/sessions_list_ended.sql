-- A page of the sessions that were closed, or that expired ($4), newest first. An
-- active session past its time has expired, too, if it is settled; a table has at most one.
SELECT json_build_object(
  'data', coalesce(json_agg(session_json($1::uuid, p.id) ORDER BY p.place) FILTER (WHERE p.place <= $2::integer), '[]'::json),
  'next_cursor', max(p.id::text) FILTER (WHERE p.place = $2::integer AND p.found > $2::integer)) AS answer
FROM (
  SELECT f.id, row_number() OVER (ORDER BY f.id DESC) AS place, count(*) OVER () AS found
  FROM (
    SELECT b.id
    FROM (
      (SELECT s.id
       FROM sessions s
       WHERE s.restaurant_id = $1 AND s.id < coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
         AND s.status = $4::text AND s.status <> 'active'
       ORDER BY s.id DESC
       LIMIT $2::integer + 1)
      UNION ALL
      (SELECT a.id
       FROM sessions a
       WHERE a.restaurant_id = $1 AND a.id < coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
         AND a.status = 'active' AND a.expires_at <= now() AND $4 = 'expired'
         AND NOT session_owes(a.restaurant_id, a.id))) b
    ORDER BY b.id DESC
    LIMIT $2::integer + 1) f) p
