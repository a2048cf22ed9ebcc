SELECT s.restaurant_id FROM slugs s WHERE s.slug = $1
