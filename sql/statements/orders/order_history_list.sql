SELECT json_build_object('data', (
    SELECT coalesce(json_agg(json_build_object(
        'id', h.id, 'item_id', h.order_item_id, 'from', h.from_status, 'to', h.to_status, 'actor_role', h.actor_role,
        'actor_id', h.actor_id, 'actor_name', coalesce(s.display_name, u.display_name),
        'reason', h.reason, 'created_at', rfc3339(h.created_at)) ORDER BY h.created_at, h.id), '[]'::json)
    FROM order_status_history h
    LEFT JOIN staff s ON s.restaurant_id = h.restaurant_id AND s.id = h.actor_id
    LEFT JOIN users u ON u.restaurant_id = h.restaurant_id AND u.id = h.actor_id
    WHERE h.restaurant_id = $1 AND h.order_id = o.id),
  'next_cursor', NULL) AS answer
FROM orders o
WHERE o.restaurant_id = $1 AND o.id = $2 AND (o.deleted_at IS NULL OR $4::boolean)
  AND ($3::uuid IS NULL OR o.session_id = $3)
