UPDATE qr_codes q SET table_id = $3, retired_at = NULL WHERE q.restaurant_id = $1 AND q.id = $2
