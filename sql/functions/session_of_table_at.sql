-- The session that sat at a table at a time, whether it is there still, or what it is part of now if it
-- was merged. NULL: none. Never one that began later or came from elsewhere later: the next party's. A
-- time in the future or over thirty days ago is a wrong clock's, and means now. One that owes goes on
-- past its time. A session was where its next move began; of a move older than from_table_id it is taken
-- to have been where it is now.
CREATE OR REPLACE FUNCTION public.session_of_table_at(restaurant uuid, place uuid, moment timestamptz) RETURNS uuid
LANGUAGE plpgsql STABLE AS $$
DECLARE
  taken timestamptz := CASE WHEN moment BETWEEN now() - interval '30 days' AND now() THEN moment ELSE now() END;
  session uuid;
  whole uuid;
BEGIN
  SELECT f.id INTO session
  FROM (
    (SELECT s.id, s.created_at
     FROM public.sessions s
     WHERE s.restaurant_id = restaurant AND s.table_id = place AND s.created_at <= taken
       AND (coalesce(s.closed_at, s.expires_at) > taken
         OR s.status = 'active' AND public.session_owes(s.restaurant_id, s.id))
       AND place = coalesce((
         SELECT m.from_table_id
         FROM public.session_activity_log m
         WHERE m.restaurant_id = restaurant AND m.session_id = s.id AND m.action = 'session_moved' AND m.created_at > taken
         ORDER BY m.created_at
         LIMIT 1), place)
     ORDER BY s.created_at DESC
     LIMIT 1)
    UNION ALL
    (SELECT s.id, s.created_at
     FROM public.session_activity_log l
     JOIN public.sessions s ON s.restaurant_id = l.restaurant_id AND s.id = l.session_id
     WHERE l.restaurant_id = restaurant AND l.from_table_id = place AND l.created_at > taken AND s.created_at <= taken
       AND NOT EXISTS (
         SELECT FROM public.session_activity_log m
         WHERE m.restaurant_id = restaurant AND m.session_id = l.session_id AND m.action = 'session_moved'
           AND m.created_at > taken AND m.created_at < l.created_at))) f
  ORDER BY f.created_at DESC
  LIMIT 1;
  LOOP -- what it was merged into
    SELECT (m.details ->> 'into')::uuid INTO whole
    FROM public.sessions s
    JOIN public.session_activity_log m ON m.restaurant_id = s.restaurant_id AND m.session_id = s.id
    WHERE s.restaurant_id = restaurant AND s.id = session
      AND m.action = 'session_merged' AND m.created_at = s.closed_at AND m.details ->> 'into' IS NOT NULL;
    EXIT WHEN whole IS NULL;
    session := whole;
  END LOOP;
  RETURN session;
END
$$;
