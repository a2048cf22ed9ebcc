-- What a scanned QR code shows before sign-in.
SELECT json_build_object(
  'restaurant', json_build_object(
    'id', r.id, 'slug', r.slug, 'name', r.name, 'currency', r.currency,
    'currency_exponent', currency_exponent(r.currency), 'timezone', r.timezone,
    'is_open', r.is_open, 'pin_length', r.pin_length, 'session_opening', r.session_opening),
  'table', json_build_object('id', t.id, 'name', t.name, 'seats', t.seats, 'zone', t.zone),
  'session', (
    SELECT json_build_object('active', true, 'overdue', s.expires_at <= now(), 'expires_at', rfc3339(s.expires_at))
    FROM sessions s
    WHERE s.restaurant_id = $1 AND s.table_id = t.id AND s.status = 'active'
      AND (s.expires_at > now() OR session_owes(s.restaurant_id, s.id)))) AS answer
FROM tables t
JOIN restaurants r ON r.id = t.restaurant_id
WHERE t.restaurant_id = $1 AND r.id = $1 AND t.id = $2
