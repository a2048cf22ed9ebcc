INSERT INTO staff (restaurant_id, id, email, display_name, role, password_hash)
VALUES ($1, $2, lower($3), $4, $5, $6)
