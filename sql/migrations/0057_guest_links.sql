-- alone
CREATE INDEX CONCURRENTLY users_link ON users (restaurant_id, link_hash) WHERE link_hash IS NOT NULL;
