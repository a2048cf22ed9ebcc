INSERT INTO restaurants (id, slug, name, currency, timezone, pin_length, session_expiry_minutes)
VALUES ($1, $2, $3, $4, $5, $6, $7)
