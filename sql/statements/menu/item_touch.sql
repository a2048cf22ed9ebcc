-- Its options are part of what an item shows: the version rises.
UPDATE menu_items i SET name = i.name WHERE i.restaurant_id = $1 AND i.id = $2
