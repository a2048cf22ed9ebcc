INSERT INTO slugs (slug, restaurant_id) VALUES ($1, $2) ON CONFLICT (slug) DO NOTHING
