SELECT json_build_object(
      'id', t.id, 'restaurant_id', t.restaurant_id, 'name', t.name, 'seats', t.seats, 'zone', t.zone,
      'code', (
        SELECT q.code FROM qr_codes q
        WHERE q.restaurant_id = $1 AND q.table_id = t.id AND q.retired_at IS NULL),
      'session', (
        SELECT json_build_object('id', s.id, 'status', s.status, 'expires_at', rfc3339(s.expires_at))
        FROM sessions s
        WHERE s.restaurant_id = $1 AND s.table_id = t.id AND s.status = 'active' AND s.expires_at > now()),
      'version', t.version, 'created_at', rfc3339(t.created_at), 'updated_at', rfc3339(t.updated_at)) AS answer,
  t.version
FROM tables t
WHERE t.restaurant_id = $1 AND t.id = $2 AND t.deleted_at IS NULL
