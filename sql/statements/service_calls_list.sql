-- A page of the calls, newest first; of one session ($4) for a diner, in one
-- status ($5) where asked for.
SELECT json_build_object(
  'data', coalesce(json_agg(p.shown ORDER BY p.place) FILTER (WHERE p.place <= $2::integer), '[]'::json),
  'next_cursor', max(p.id::text) FILTER (WHERE p.place = $2::integer AND p.found > $2::integer))
FROM (
  SELECT f.id, f.shown, row_number() OVER (ORDER BY f.id DESC) AS place, count(*) OVER () AS found
  FROM (
    SELECT c.id, json_build_object(
        'id', c.id, 'session_id', c.session_id, 'table_id', c.table_id, 'table_name', t.name,
        'diner_id', c.diner_id, 'kind', c.kind, 'message', c.message,
        'status', CASE WHEN c.acknowledged_at IS NULL THEN 'open' ELSE 'acknowledged' END,
        'acknowledged_by', c.acknowledged_by, 'acknowledged_at', rfc3339(c.acknowledged_at),
        'waited_seconds', floor(extract(epoch FROM coalesce(c.acknowledged_at, now()) - c.created_at))::bigint,
        'version', c.version, 'created_at', rfc3339(c.created_at), 'updated_at', rfc3339(c.updated_at)) AS shown
    FROM service_calls c
    JOIN tables t ON t.restaurant_id = c.restaurant_id AND t.id = c.table_id
    WHERE c.restaurant_id = $1 AND c.id < coalesce($3::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
      AND ($4::uuid IS NULL OR c.session_id = $4)
      AND ($5::text IS NULL OR (c.acknowledged_at IS NULL) = ($5 = 'open'))
    ORDER BY c.id DESC
    LIMIT $2::integer + 1) f) p
