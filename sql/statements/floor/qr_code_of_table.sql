SELECT q.id FROM qr_codes q WHERE q.restaurant_id = $1 AND q.table_id = $2 AND q.retired_at IS NULL
