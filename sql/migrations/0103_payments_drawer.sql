-- alone
CREATE INDEX CONCURRENTLY payments_drawer ON payments (restaurant_id, drawer_id) WHERE drawer_id IS NOT NULL;
