-- One table session as the API shows it, with its diners but for those who were removed.
-- Past its time it has expired, or is overdue if it is unsettled (session_owes()). Only whoever
-- opened it knows its PIN: a keyed hash is stored.
CREATE OR REPLACE FUNCTION public.session_json(restaurant uuid, session uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  answer json;
BEGIN
  SELECT json_build_object(
    'id', s.id, 'restaurant_id', s.restaurant_id,
    'table_id', s.table_id, 'table_name', t.name,
    'status', CASE WHEN s.status = 'active' AND s.expires_at <= now() AND NOT d.owes THEN 'expired' ELSE s.status END,
    'overdue', d.owes,
    'opened_by', s.opened_by, 'guest_count', s.guest_count, 'created_at', public.rfc3339(s.created_at),
    'expires_at', public.rfc3339(s.expires_at), 'closed_at', public.rfc3339(s.closed_at),
    'updated_at', public.rfc3339(s.updated_at), 'version', s.version,
    'diners', (
      SELECT coalesce(json_agg(json_build_object(
          'id', u.id, 'display_name', u.display_name,
          'joined_at', public.rfc3339(u.created_at)) ORDER BY u.created_at, u.id), '[]'::json)
      FROM public.users u
      WHERE u.restaurant_id = restaurant AND u.session_id = s.id AND u.removed_at IS NULL))
  INTO answer
  FROM public.sessions s
  JOIN public.tables t ON t.restaurant_id = s.restaurant_id AND t.id = s.table_id
  CROSS JOIN LATERAL (
    SELECT CASE WHEN s.status = 'active' AND s.expires_at <= now() THEN public.session_owes(s.restaurant_id, s.id)
                ELSE false END AS owes) d
  WHERE s.restaurant_id = restaurant AND s.id = session;
  RETURN answer;
END
$$;
