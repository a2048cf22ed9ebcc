-- alone
-- Those that orders_state leaves out, for managers' lists of them.
CREATE INDEX CONCURRENTLY orders_deleted ON orders (restaurant_id, business_date, order_number) WHERE deleted_at IS NOT NULL
