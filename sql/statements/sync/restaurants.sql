SELECT DISTINCT s.restaurant_id FROM slugs s ORDER BY s.restaurant_id
