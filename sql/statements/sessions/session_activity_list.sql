SELECT json_build_object(
  'data', coalesce(json_agg(json_build_object(
      'id', p.id, 'action', p.action, 'actor_role', p.actor_role, 'actor_id', p.actor_id,
      'actor_name', p.actor_name, 'details', p.details, 'created_at', rfc3339(p.created_at)) ORDER BY p.place)
      FILTER (WHERE p.place <= $3::integer), '[]'::json),
  'next_cursor', max(p.id::text) FILTER (WHERE p.place = $3::integer AND p.found > $3::integer)) AS answer
FROM (
  SELECT f.id, f.action, f.actor_role, f.actor_id, f.actor_name, f.details, f.created_at, row_number() OVER (ORDER BY f.id) AS place, count(*) OVER () AS found
  FROM (
    SELECT a.id, a.action, a.actor_role, a.actor_id, coalesce(m.display_name, u.display_name) AS actor_name,
           a.details, a.created_at
    FROM session_activity_log a
    LEFT JOIN staff m ON m.restaurant_id = a.restaurant_id AND m.id = a.actor_id
    LEFT JOIN users u ON u.restaurant_id = a.restaurant_id AND u.id = a.actor_id
    WHERE a.restaurant_id = $1 AND a.session_id = $2
      AND a.id > coalesce($4::uuid, '00000000-0000-0000-0000-000000000000')
    ORDER BY a.id
    LIMIT $3::integer + 1) f) p
