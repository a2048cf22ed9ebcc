SELECT q.id, q.table_id, q.retired_at IS NULL AS is_current
FROM qr_codes q
WHERE q.restaurant_id = $1 AND q.code = $2
