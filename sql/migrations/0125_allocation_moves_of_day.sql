-- alone
CREATE INDEX CONCURRENTLY allocation_moves_day ON allocation_moves (restaurant_id, business_date);
