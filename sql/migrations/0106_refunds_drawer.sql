-- alone
CREATE INDEX CONCURRENTLY refunds_drawer ON refunds (restaurant_id, drawer_id) WHERE drawer_id IS NOT NULL;
