SELECT table_json(t.restaurant_id, t.id) AS answer, t.version
FROM tables t
WHERE t.restaurant_id = $1 AND t.id = $2 AND t.deleted_at IS NULL
