SELECT staff_json(s.restaurant_id, s.id) AS answer, s.version
FROM staff s
WHERE s.restaurant_id = $1 AND s.id = $2 AND s.deleted_at IS NULL
