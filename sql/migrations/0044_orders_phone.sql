-- alone
-- Partial: the orders of guests at tables, which have no number, write nothing.
CREATE INDEX CONCURRENTLY orders_phone ON orders (restaurant_id, customer_phone_key, business_date, order_number)
  WHERE customer_phone_key IS NOT NULL
