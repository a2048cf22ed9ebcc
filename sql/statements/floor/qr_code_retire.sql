UPDATE qr_codes q SET retired_at = now()
WHERE q.restaurant_id = $1 AND q.table_id = $2 AND q.retired_at IS NULL
