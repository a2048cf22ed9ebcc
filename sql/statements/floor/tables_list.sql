-- A page of the tables, in the order in which they were made.
SELECT json_build_object(
  'data', coalesce(json_agg(p.shown ORDER BY p.place) FILTER (WHERE p.place <= $2::integer), '[]'::json),
  'next_cursor', max(p.id::text) FILTER (WHERE p.place = $2::integer AND p.found > $2::integer)) AS answer
FROM (
  SELECT f.id, f.shown, row_number() OVER (ORDER BY f.id) AS place, count(*) OVER () AS found
  FROM (
    SELECT t.id, json_build_object(
      'id', t.id, 'restaurant_id', t.restaurant_id, 'name', t.name, 'seats', t.seats, 'zone', t.zone,
      'code', (
        SELECT q.code FROM qr_codes q
        WHERE q.restaurant_id = $1 AND q.table_id = t.id AND q.retired_at IS NULL),
      'session', (
        SELECT json_build_object('id', s.id, 'status', s.status, 'expires_at', rfc3339(s.expires_at))
        FROM sessions s
        WHERE s.restaurant_id = $1 AND s.table_id = t.id AND s.status = 'active' AND s.expires_at > now()),
      'version', t.version, 'created_at', rfc3339(t.created_at), 'updated_at', rfc3339(t.updated_at)) AS shown
    FROM tables t
    WHERE t.restaurant_id = $1 AND t.deleted_at IS NULL
      AND t.id > coalesce($3::uuid, '00000000-0000-0000-0000-000000000000')
    ORDER BY t.id
    LIMIT $2::integer + 1) f) p
