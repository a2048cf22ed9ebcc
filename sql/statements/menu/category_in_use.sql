-- Read after locking the category, so that what was added in the meantime counts.
SELECT EXISTS (
  SELECT FROM menu_items i
  WHERE i.restaurant_id = $1 AND i.category_id = $2 AND i.deleted_at IS NULL) AS found
