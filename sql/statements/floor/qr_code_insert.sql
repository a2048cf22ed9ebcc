INSERT INTO qr_codes (restaurant_id, id, table_id, code) VALUES ($1, $2, $3, $4)
