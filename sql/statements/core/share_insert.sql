INSERT INTO shares (restaurant_id, id, session_id, split_by, label, diner_id, is_rest, items, amount)
SELECT s.restaurant_id, $2::uuid, s.id, $4, coalesce($5, u.display_name), $6::uuid, $7::boolean, $8::jsonb, $9::bigint
FROM sessions s
LEFT JOIN users u ON u.restaurant_id = s.restaurant_id AND u.id = $6
WHERE s.restaurant_id = $1 AND s.id = $3
