UPDATE menu_item_options p
SET name = coalesce($3::jsonb ->> 'name', p.name),
    min_select = coalesce(($3::jsonb ->> 'min_select')::smallint, p.min_select),
    max_select = coalesce(($3::jsonb ->> 'max_select')::smallint, p.max_select),
    position = coalesce(($3::jsonb ->> 'position')::integer, p.position)
WHERE p.restaurant_id = $1 AND p.id = $2
