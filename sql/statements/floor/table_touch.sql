-- Its code is part of what a table shows: the version rises.
UPDATE tables t SET name = t.name WHERE t.restaurant_id = $1 AND t.id = $2
