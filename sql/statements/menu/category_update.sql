UPDATE menu_categories c
SET name = coalesce($3::jsonb ->> 'name', c.name),
    description = CASE WHEN $3::jsonb ? 'description' THEN $3::jsonb ->> 'description' ELSE c.description END,
    position = coalesce(($3::jsonb ->> 'position')::integer, c.position)
WHERE c.restaurant_id = $1 AND c.id = $2
