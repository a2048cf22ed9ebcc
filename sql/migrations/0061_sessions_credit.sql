-- alone
CREATE INDEX CONCURRENTLY sessions_credit ON sessions (restaurant_id, id) WHERE has_credit;
