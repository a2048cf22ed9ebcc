-- alone
-- In place of orders_status, so that payment status and type are found without a further
-- index, which each step of an order would have to write. Without the deleted ones, which
-- a list would have to read on its way to what it looks for.
CREATE INDEX CONCURRENTLY orders_state ON orders (restaurant_id, status, payment_status, order_type, business_date, order_number)
  WHERE deleted_at IS NULL
