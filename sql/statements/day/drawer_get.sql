SELECT drawer_json(d.restaurant_id, d.id) || jsonb_build_object('movements', (
    SELECT coalesce(jsonb_agg(movement_json(m.restaurant_id, m.id) ORDER BY m.id), '[]'::jsonb)
    FROM drawer_movements m
    WHERE m.restaurant_id = $1 AND m.drawer_id = d.id)) AS answer
FROM drawers d
WHERE d.restaurant_id = $1 AND d.id = $2
