-- The kitchen's screen reads the orders that are not ready yet, oldest first.
CREATE INDEX orders_in_kitchen ON orders (restaurant_id, created_at)
  WHERE status IN ('pending', 'confirmed', 'preparing') AND deleted_at IS NULL;
