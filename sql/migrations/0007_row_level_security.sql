-- Row-level security: with the tenant set a role sees that tenant's rows and
-- no others; without one, none. FORCE: the owner is no exception.

ALTER TABLE restaurants ENABLE ROW LEVEL SECURITY;
ALTER TABLE restaurants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON restaurants
  USING (id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE staff ENABLE ROW LEVEL SECURITY;
ALTER TABLE staff FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON staff
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE refresh_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE refresh_tokens FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON refresh_tokens
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE tables ENABLE ROW LEVEL SECURITY;
ALTER TABLE tables FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON tables
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE qr_codes ENABLE ROW LEVEL SECURITY;
ALTER TABLE qr_codes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON qr_codes
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON sessions
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON users
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE session_activity_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE session_activity_log FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON session_activity_log
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE service_calls ENABLE ROW LEVEL SECURITY;
ALTER TABLE service_calls FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON service_calls
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE menu_categories ENABLE ROW LEVEL SECURITY;
ALTER TABLE menu_categories FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON menu_categories
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE menu_items ENABLE ROW LEVEL SECURITY;
ALTER TABLE menu_items FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON menu_items
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE menu_item_options ENABLE ROW LEVEL SECURITY;
ALTER TABLE menu_item_options FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON menu_item_options
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE menu_item_option_values ENABLE ROW LEVEL SECURITY;
ALTER TABLE menu_item_option_values FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON menu_item_option_values
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE order_counters ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_counters FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON order_counters
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE orders FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON orders
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE order_items ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_items FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON order_items
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE order_item_customizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_item_customizations FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON order_item_customizations
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE order_status_history ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_status_history FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON order_status_history
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE idempotency_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency_keys FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON idempotency_keys
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE payment_intents ENABLE ROW LEVEL SECURITY;
ALTER TABLE payment_intents FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON payment_intents
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE payments ENABLE ROW LEVEL SECURITY;
ALTER TABLE payments FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON payments
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE refunds ENABLE ROW LEVEL SECURITY;
ALTER TABLE refunds FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON refunds
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE events ENABLE ROW LEVEL SECURITY;
ALTER TABLE events FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON events
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE sync_logs ENABLE ROW LEVEL SECURITY;
ALTER TABLE sync_logs FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON sync_logs
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);

ALTER TABLE sync_queue ENABLE ROW LEVEL SECURITY;
ALTER TABLE sync_queue FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON sync_queue
  USING (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid)
  WITH CHECK (restaurant_id = nullif(current_setting('orderzap.restaurant_id', true), '')::uuid);
