-- alone
-- For an order that was taken offline: the session that ran at its table then.
CREATE INDEX CONCURRENTLY sessions_table ON sessions (restaurant_id, table_id, created_at)
