-- One service call as the API shows it. A call made after this transaction began has waited 0 seconds.
CREATE OR REPLACE FUNCTION public.call_json(restaurant uuid, call uuid) RETURNS json
LANGUAGE plpgsql STABLE AS $$
DECLARE
  answer json;
BEGIN
  SELECT json_build_object(
    'id', c.id, 'session_id', c.session_id, 'table_id', c.table_id, 'table_name', t.name,
    'diner_id', c.diner_id, 'kind', c.kind, 'message', c.message,
    'status', CASE WHEN c.acknowledged_at IS NULL THEN 'open' ELSE 'acknowledged' END,
    'acknowledged_by', c.acknowledged_by, 'acknowledged_at', public.rfc3339(c.acknowledged_at),
    'waited_seconds', greatest(floor(extract(epoch FROM coalesce(c.acknowledged_at, now()) - c.created_at))::bigint, 0),
    'version', c.version, 'created_at', public.rfc3339(c.created_at), 'updated_at', public.rfc3339(c.updated_at))
  INTO answer
  FROM public.service_calls c
  JOIN public.tables t ON t.restaurant_id = c.restaurant_id AND t.id = c.table_id
  WHERE c.restaurant_id = restaurant AND c.id = call;
  RETURN answer;
END
$$;
