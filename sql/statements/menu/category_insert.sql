INSERT INTO menu_categories (restaurant_id, id, name, description, position)
VALUES ($1, $2, $3::jsonb ->> 'name', $3::jsonb ->> 'description', coalesce(($3::jsonb ->> 'position')::integer, 0))
