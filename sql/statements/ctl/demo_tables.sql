SELECT r.slug, r.id AS restaurant_id, t.id AS table_id, t.name, q.code
FROM restaurants r
JOIN tables t ON t.restaurant_id = r.id AND t.deleted_at IS NULL
JOIN qr_codes q ON q.restaurant_id = t.restaurant_id AND q.table_id = t.id AND q.retired_at IS NULL
WHERE r.slug = $1
ORDER BY t.id
