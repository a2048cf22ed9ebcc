-- Behind the category's lock: what came in meanwhile counts.
SELECT EXISTS (
  SELECT FROM menu_items i
  WHERE i.restaurant_id = $1 AND i.category_id = $2 AND i.deleted_at IS NULL) AS found
