SELECT q.table_id, q.retired_at IS NOT NULL OR t.deleted_at IS NOT NULL AS is_retired, r.session_opening,
       r.is_open, r.pin_length
FROM qr_codes q
JOIN tables t ON t.restaurant_id = q.restaurant_id AND t.id = q.table_id
JOIN restaurants r ON r.id = q.restaurant_id
WHERE q.restaurant_id = $1 AND r.id = $1 AND q.code = $2
