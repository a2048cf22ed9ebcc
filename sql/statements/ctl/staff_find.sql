SELECT s.id FROM staff s
WHERE s.restaurant_id = $1 AND s.email = lower($2) AND s.deleted_at IS NULL
