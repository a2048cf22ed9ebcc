-- Triggers: versions, immutability, the mirror's outbox.

-- A version counts the changes that a client can see.
CREATE TRIGGER raise_version BEFORE UPDATE OF slug, name, currency, timezone, business_day_start, tax_rate_ppm, prices_include_tax, pin_length,
    session_expiry_minutes, session_opening, is_open, version ON restaurants
  FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE TRIGGER raise_version BEFORE UPDATE OF email, display_name, role, password_hash, is_active, deleted_at, version ON staff
  FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE TRIGGER raise_version BEFORE UPDATE ON tables
  FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE TRIGGER raise_version BEFORE UPDATE ON menu_categories
  FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE TRIGGER raise_version BEFORE UPDATE ON menu_items
  FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE TRIGGER raise_version BEFORE UPDATE ON menu_item_options
  FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE TRIGGER raise_version BEFORE UPDATE ON menu_item_option_values
  FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE TRIGGER raise_version BEFORE UPDATE ON orders
  FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE TRIGGER raise_version BEFORE UPDATE ON order_items
  FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE TRIGGER raise_version BEFORE UPDATE ON payment_intents
  FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE TRIGGER raise_version BEFORE UPDATE ON payments
  FOR EACH ROW EXECUTE FUNCTION raise_version();
CREATE TRIGGER raise_version BEFORE UPDATE ON service_calls
  FOR EACH ROW EXECUTE FUNCTION raise_version();
-- The menu shows the restaurant, too.
CREATE TRIGGER raise_menu_version BEFORE UPDATE OF slug, name, currency, timezone, tax_rate_ppm, prices_include_tax,
    pin_length, session_opening, is_open ON restaurants
  FOR EACH ROW EXECUTE FUNCTION raise_menu_version();
-- Wrong PINs are counted in the session's row without changing what it is.
CREATE TRIGGER raise_version BEFORE UPDATE OF table_id, status, pin_hash, expires_at, closed_at, version ON sessions
  FOR EACH ROW EXECUTE FUNCTION raise_version();

-- What was ordered and paid stays as it was. The guards sort before
-- raise_version by name and so see what the statement itself changed.
CREATE TRIGGER guard BEFORE UPDATE ON orders
  FOR EACH ROW EXECUTE FUNCTION guard_columns('orders', 'status', 'payment_status', 'version', 'updated_at', 'deleted_at');
CREATE TRIGGER guard BEFORE UPDATE ON order_items
  FOR EACH ROW EXECUTE FUNCTION guard_columns('order_items', 'status', 'version', 'updated_at');
CREATE TRIGGER guard BEFORE UPDATE ON payments
  FOR EACH ROW EXECUTE FUNCTION guard_columns('payments', 'version', 'updated_at');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON order_item_customizations
  FOR EACH ROW EXECUTE FUNCTION refuse_change('order_item_customizations');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON order_status_history
  FOR EACH ROW EXECUTE FUNCTION refuse_change('order_status_history');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON refunds
  FOR EACH ROW EXECUTE FUNCTION refuse_change('refunds');
CREATE TRIGGER guard BEFORE UPDATE OR DELETE ON session_activity_log
  FOR EACH ROW EXECUTE FUNCTION refuse_change('session_activity_log');
CREATE TRIGGER guard_delete BEFORE DELETE ON orders
  FOR EACH ROW EXECUTE FUNCTION refuse_change('orders');
CREATE TRIGGER guard_delete BEFORE DELETE ON order_items
  FOR EACH ROW EXECUTE FUNCTION refuse_change('order_items');
CREATE TRIGGER guard_delete BEFORE DELETE ON payments
  FOR EACH ROW EXECUTE FUNCTION refuse_change('payments');

-- Each change of a mirrored entity leaves its row in the outbox.
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON menu_categories
  FOR EACH ROW EXECUTE FUNCTION outbox_mirror('menu_category');
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON menu_items
  FOR EACH ROW EXECUTE FUNCTION outbox_mirror('menu_item');
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON menu_item_options
  FOR EACH ROW EXECUTE FUNCTION outbox_mirror('menu_item_option');
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON tables
  FOR EACH ROW EXECUTE FUNCTION outbox_mirror('table');
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON orders
  FOR EACH ROW EXECUTE FUNCTION outbox_mirror('order');
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE ON payments
  FOR EACH ROW EXECUTE FUNCTION outbox_mirror('payment');
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE OF table_id, status, expires_at, closed_at ON sessions
  FOR EACH ROW EXECUTE FUNCTION outbox_mirror('session');
