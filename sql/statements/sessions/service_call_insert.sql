INSERT INTO service_calls (restaurant_id, id, session_id, table_id, diner_id, kind, message)
VALUES ($1, $2, $3, $4, $5, $6, $7)
