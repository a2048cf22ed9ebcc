-- What is printed for a table.
SELECT t.name, r.name AS restaurant_name, r.slug, q.code
FROM tables t
JOIN restaurants r ON r.id = t.restaurant_id
JOIN qr_codes q ON q.restaurant_id = t.restaurant_id AND q.table_id = t.id AND q.retired_at IS NULL
WHERE t.restaurant_id = $1 AND r.id = $1 AND t.id = $2 AND t.deleted_at IS NULL
