-- A table as staff see it, with its code and its active session.
CREATE OR REPLACE FUNCTION public.table_json(restaurant uuid, table_id uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  answer json;
BEGIN
  SELECT json_build_object(
    'id', t.id, 'restaurant_id', t.restaurant_id, 'name', t.name, 'seats', t.seats, 'zone', t.zone,
    'code', (
      SELECT q.code FROM public.qr_codes q
      WHERE q.restaurant_id = restaurant AND q.table_id = t.id AND q.retired_at IS NULL),
    'session', (
      SELECT json_build_object('id', s.id, 'status', s.status, 'overdue', s.expires_at <= pg_catalog.now(),
        'expires_at', public.rfc3339(s.expires_at))
      FROM public.sessions s
      WHERE s.restaurant_id = restaurant AND s.table_id = t.id AND s.status = 'active'
        AND (s.expires_at > pg_catalog.now() OR public.session_owes(s.restaurant_id, s.id))),
    'version', t.version, 'created_at', public.rfc3339(t.created_at), 'updated_at', public.rfc3339(t.updated_at))
  INTO answer
  FROM public.tables t
  WHERE t.restaurant_id = restaurant AND t.id = table_json.table_id;
  RETURN answer;
END
$$;
