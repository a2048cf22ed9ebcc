-- The order's path: the same guarantees for less work in each order.

-- PostgreSQL reads a table's CHECKs anew for each statement that writes it, a
-- domain's once a connection. What a column alone may hold is its domain's; what
-- ties columns together stays a CHECK.
CREATE DOMAIN minor_units AS bigint CHECK (VALUE BETWEEN 0 AND 9007199254740991);
CREATE DOMAIN minor_units_signed AS bigint CHECK (VALUE BETWEEN -9007199254740991 AND 9007199254740991);
CREATE DOMAIN rate_ppm AS integer CHECK (VALUE BETWEEN 0 AND 1000000);
CREATE DOMAIN currency_code AS text CHECK (VALUE ~ '^[A-Z]{3}$');
CREATE DOMAIN order_number AS integer CHECK (VALUE > 0);
CREATE DOMAIN order_type AS text CHECK (VALUE IN ('dine_in', 'takeaway'));
CREATE DOMAIN order_status AS text CHECK (VALUE IN ('pending', 'confirmed', 'preparing', 'ready', 'served', 'completed', 'cancelled'));
CREATE DOMAIN order_payment_status AS text CHECK (VALUE IN ('unpaid', 'partially_paid', 'paid', 'partially_refunded', 'refunded'));
CREATE DOMAIN payment_method AS text CHECK (VALUE IN ('cash', 'card', 'upi', 'online', 'other'));
CREATE DOMAIN line_position AS smallint CHECK (VALUE BETWEEN 1 AND 100);
CREATE DOMAIN line_quantity AS smallint CHECK (VALUE BETWEEN 1 AND 99);
CREATE DOMAIN line_status AS text CHECK (VALUE IN ('pending', 'preparing', 'ready', 'served', 'cancelled'));
CREATE DOMAIN actor_role AS text CHECK (VALUE IN ('diner', 'kitchen', 'waiter', 'cashier', 'manager', 'owner', 'system'));
CREATE DOMAIN short_name AS text CHECK (length(VALUE) BETWEEN 1 AND 60);
CREATE DOMAIN reason_text AS text CHECK (length(VALUE) BETWEEN 1 AND 500);
CREATE DOMAIN key_text AS text CHECK (length(VALUE) BETWEEN 1 AND 255);
CREATE DOMAIN success_status AS smallint CHECK (VALUE BETWEEN 200 AND 299);
CREATE DOMAIN mirror_status AS text CHECK (VALUE IN ('pending', 'synced', 'dead'));

ALTER TABLE orders DROP CONSTRAINT orders_order_number_check;
ALTER TABLE orders DROP CONSTRAINT orders_order_type_check;
ALTER TABLE orders DROP CONSTRAINT orders_status_check;
ALTER TABLE orders DROP CONSTRAINT orders_payment_status_check;
ALTER TABLE orders DROP CONSTRAINT orders_currency_check;
ALTER TABLE orders DROP CONSTRAINT orders_subtotal_check;
ALTER TABLE orders DROP CONSTRAINT orders_tax_amount_check;
ALTER TABLE orders DROP CONSTRAINT orders_tip_amount_check;
ALTER TABLE orders DROP CONSTRAINT orders_discount_amount_check;
ALTER TABLE orders DROP CONSTRAINT orders_deposit_used_check;
ALTER TABLE orders DROP CONSTRAINT orders_total_amount_check;
ALTER TABLE orders DROP CONSTRAINT orders_payment_method_check;
ALTER TABLE orders ALTER COLUMN order_number TYPE order_number;
ALTER TABLE orders ALTER COLUMN order_type TYPE order_type;
ALTER TABLE orders ALTER COLUMN status TYPE order_status;
ALTER TABLE orders ALTER COLUMN payment_status TYPE order_payment_status;
ALTER TABLE orders ALTER COLUMN currency TYPE currency_code;
ALTER TABLE orders ALTER COLUMN subtotal TYPE minor_units;
ALTER TABLE orders ALTER COLUMN tax_amount TYPE minor_units;
ALTER TABLE orders ALTER COLUMN tip_amount TYPE minor_units;
ALTER TABLE orders ALTER COLUMN discount_amount TYPE minor_units;
ALTER TABLE orders ALTER COLUMN deposit_used TYPE minor_units;
ALTER TABLE orders ALTER COLUMN total_amount TYPE minor_units;
ALTER TABLE orders ALTER COLUMN payment_method TYPE payment_method;

ALTER TABLE order_items DROP CONSTRAINT order_items_position_check;
ALTER TABLE order_items DROP CONSTRAINT order_items_price_check;
ALTER TABLE order_items DROP CONSTRAINT order_items_customization_amount_check;
ALTER TABLE order_items DROP CONSTRAINT order_items_quantity_check;
ALTER TABLE order_items DROP CONSTRAINT order_items_subtotal_check;
ALTER TABLE order_items DROP CONSTRAINT order_items_tax_rate_ppm_check;
ALTER TABLE order_items DROP CONSTRAINT order_items_status_check;
ALTER TABLE order_items ALTER COLUMN position TYPE line_position;
ALTER TABLE order_items ALTER COLUMN price TYPE minor_units;
ALTER TABLE order_items ALTER COLUMN customization_amount TYPE minor_units_signed;
ALTER TABLE order_items ALTER COLUMN quantity TYPE line_quantity;
ALTER TABLE order_items ALTER COLUMN subtotal TYPE minor_units;
ALTER TABLE order_items ALTER COLUMN tax_rate_ppm TYPE rate_ppm;
ALTER TABLE order_items ALTER COLUMN status TYPE line_status;

ALTER TABLE order_status_history DROP CONSTRAINT order_status_history_actor_role_check;
ALTER TABLE order_status_history DROP CONSTRAINT order_status_history_reason_check;
ALTER TABLE order_status_history ALTER COLUMN actor_role TYPE actor_role;
ALTER TABLE order_status_history ALTER COLUMN reason TYPE reason_text;

ALTER TABLE session_activity_log DROP CONSTRAINT session_activity_log_action_check;
ALTER TABLE session_activity_log DROP CONSTRAINT session_activity_log_actor_role_check;
ALTER TABLE session_activity_log ALTER COLUMN action TYPE short_name;
ALTER TABLE session_activity_log ALTER COLUMN actor_role TYPE actor_role;

ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_key_check;
ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_status_check;
ALTER TABLE idempotency_keys ALTER COLUMN key TYPE key_text;
ALTER TABLE idempotency_keys ALTER COLUMN status TYPE success_status;

ALTER TABLE sync_logs DROP CONSTRAINT sync_logs_entity_type_check;
ALTER TABLE sync_logs DROP CONSTRAINT sync_logs_convex_sync_status_check;
ALTER TABLE sync_logs ALTER COLUMN entity_type TYPE short_name;
ALTER TABLE sync_logs ALTER COLUMN convex_sync_status TYPE mirror_status;

ALTER TABLE events DROP CONSTRAINT events_type_check;
ALTER TABLE events ALTER COLUMN type TYPE short_name;

-- A line names what it was copied from. A foreign key would lock that row of the
-- menu for each line ordered, and those who order the same dish at once would
-- meet there; but nothing is ever deleted from a menu, so that to look once is
-- enough.
ALTER TABLE order_items DROP CONSTRAINT order_items_restaurant_id_menu_item_id_fkey;
ALTER TABLE order_item_customizations DROP CONSTRAINT order_item_customizations_restaurant_id_option_id_fkey;
ALTER TABLE order_item_customizations DROP CONSTRAINT order_item_customizations_restaurant_id_value_id_fkey;
CREATE TRIGGER find_on_menu AFTER INSERT ON order_items
  FOR EACH ROW EXECUTE FUNCTION find_item_on_menu();
CREATE TRIGGER find_on_menu AFTER INSERT ON order_item_customizations
  FOR EACH ROW EXECUTE FUNCTION find_choice_on_menu();
CREATE TRIGGER guard_delete BEFORE DELETE ON menu_items
  FOR EACH ROW EXECUTE FUNCTION refuse_change('menu_items');
CREATE TRIGGER guard_delete BEFORE DELETE ON menu_item_options
  FOR EACH ROW EXECUTE FUNCTION refuse_change('menu_item_options');
CREATE TRIGGER guard_delete BEFORE DELETE ON menu_item_option_values
  FOR EACH ROW EXECUTE FUNCTION refuse_change('menu_item_option_values');

-- Lines and history are written before their order: from the order's number on,
-- which is the last of it, the restaurant's other orders wait.
ALTER TABLE order_items ALTER CONSTRAINT order_items_restaurant_id_order_id_fkey DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE order_status_history ALTER CONSTRAINT order_status_history_restaurant_id_order_id_fkey DEFERRABLE INITIALLY DEFERRED;

-- A trigger's WHEN is read anew for each statement, too: the functions ask
-- themselves whether there is a mirror, a relay.
DROP TRIGGER outbox_mirror ON menu_categories;
DROP TRIGGER outbox_mirror ON menu_items;
DROP TRIGGER outbox_mirror ON menu_item_options;
DROP TRIGGER outbox_mirror ON tables;
DROP TRIGGER outbox_mirror ON orders;
DROP TRIGGER outbox_mirror ON payments;
DROP TRIGGER outbox_mirror ON sessions;
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
CREATE TRIGGER outbox_mirror AFTER INSERT OR UPDATE OF table_id, status, pin_hash, expires_at, closed_at, version ON sessions
  FOR EACH ROW EXECUTE FUNCTION outbox_mirror('session');
DROP TRIGGER note_event ON orders;
DROP TRIGGER note_event ON sessions;
DROP TRIGGER note_event ON payments;
DROP TRIGGER note_event ON service_calls;
DROP TRIGGER note_event ON restaurants;
CREATE TRIGGER note_event AFTER INSERT OR UPDATE ON orders
  FOR EACH ROW EXECUTE FUNCTION note_event('order');
CREATE TRIGGER note_event AFTER INSERT OR UPDATE OF table_id, status, expires_at, closed_at, version ON sessions
  FOR EACH ROW EXECUTE FUNCTION note_event('session');
CREATE TRIGGER note_event AFTER INSERT OR UPDATE ON payments
  FOR EACH ROW EXECUTE FUNCTION note_event('payment');
CREATE TRIGGER note_event AFTER INSERT OR UPDATE ON service_calls
  FOR EACH ROW EXECUTE FUNCTION note_event('service_call');
CREATE TRIGGER note_event AFTER UPDATE OF menu_version ON restaurants
  FOR EACH ROW EXECUTE FUNCTION note_event('menu');

-- Written once, read once by each relay, never looked into. A relay reads them
-- by their transaction, of all restaurants at once.
ALTER TABLE events ALTER COLUMN resource TYPE json;
ALTER TABLE events DROP CONSTRAINT events_restaurant_id_fkey; -- all orders would lock the restaurant's row
DROP INDEX events_xid;
CREATE INDEX events_xid ON events (xid);

-- Answers that are kept for a repeat are rarely read.
ALTER TABLE idempotency_keys ALTER COLUMN answer SET COMPRESSION lz4;
