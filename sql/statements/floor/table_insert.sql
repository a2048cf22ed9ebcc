INSERT INTO tables (restaurant_id, id, name, seats, zone)
VALUES ($1, $2, $3::jsonb ->> 'name', ($3::jsonb ->> 'seats')::smallint, $3::jsonb ->> 'zone')
