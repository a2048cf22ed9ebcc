INSERT INTO menu_item_options (restaurant_id, id, menu_item_id, name, min_select, max_select, position)
VALUES ($1, $2, $4, $3::jsonb ->> 'name', coalesce(($3::jsonb ->> 'min_select')::smallint, 0),
        coalesce(($3::jsonb ->> 'max_select')::smallint, 1), coalesce(($3::jsonb ->> 'position')::integer, 0))
