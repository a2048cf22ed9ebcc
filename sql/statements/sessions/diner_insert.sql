INSERT INTO users (restaurant_id, id, session_id, display_name) VALUES ($1, $2, $3, $4)
