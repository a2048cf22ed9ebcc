-- alone
CREATE INDEX CONCURRENTLY orders_deposit ON orders (restaurant_id, deposit_id) WHERE deposit_id IS NOT NULL;
