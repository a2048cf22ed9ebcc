UPDATE tables t
SET name = coalesce($3::jsonb ->> 'name', t.name),
    seats = coalesce(($3::jsonb ->> 'seats')::smallint, t.seats),
    zone = CASE WHEN $3::jsonb ? 'zone' THEN $3::jsonb ->> 'zone' ELSE t.zone END
WHERE t.restaurant_id = $1 AND t.id = $2
