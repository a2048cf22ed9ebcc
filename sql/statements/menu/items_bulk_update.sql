-- NULL leaves a column as it is.
UPDATE menu_items i
SET price = coalesce(l.price, i.price), is_available = coalesce(l.is_available, i.is_available)
FROM unnest($2::uuid[], $3::bigint[], $4::boolean[]) AS l (id, price, is_available)
WHERE i.restaurant_id = $1 AND i.id = l.id AND i.deleted_at IS NULL
