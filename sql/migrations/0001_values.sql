-- What values may be. PostgreSQL reads a table's CHECKs again for each statement
-- that writes it, a domain's once a connection: so on the order's path, what one
-- column may hold is its domain's. CHECKs tie columns together there.
-- Money is in the currency's minor unit, at most 2^53 - 1; rates in millionths.

GRANT USAGE ON SCHEMA public TO orderzap_app, orderzap_sync, orderzap_relay, orderzap_cleanup;
GRANT SELECT ON schema_migrations TO orderzap_app;

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
