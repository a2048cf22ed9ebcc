-- Each row that clients follow names the transaction that changed it last, and
-- no cursor is after a transaction that is still running.
BEGIN;
CREATE SCHEMA IF NOT EXISTS tap;
CREATE EXTENSION IF NOT EXISTS pgtap SCHEMA tap;
SET LOCAL search_path = tap, public;
SET LOCAL client_min_messages = warning;

SELECT plan(42);

CREATE FUNCTION tap.id(thing text) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$ SELECT md5('tap ' || thing)::uuid $$;

INSERT INTO restaurants (id, slug, name, currency, timezone) VALUES (tap.id('r'), 'tap', 'Tap', 'INR', 'Asia/Kolkata');
INSERT INTO tables (restaurant_id, id, name, seats) VALUES (tap.id('r'), tap.id('table'), 'T1', 4), (tap.id('r'), tap.id('table 2'), 'T2', 4);
INSERT INTO staff (restaurant_id, id, email, display_name, role, password_hash)
VALUES (tap.id('r'), tap.id('staff'), 'owner@example.com', 'Owner', 'owner', '$argon2id$');
INSERT INTO sessions (restaurant_id, id, table_id, opened_by, opened_by_staff_id, pin_hash, expires_at)
VALUES (tap.id('r'), tap.id('session'), tap.id('table'), 'staff', tap.id('staff'), '\x02', now() + interval '3 hours');
INSERT INTO users (restaurant_id, id, session_id, display_name) VALUES (tap.id('r'), tap.id('diner'), tap.id('session'), 'Asha');
INSERT INTO service_calls (restaurant_id, id, session_id, table_id, diner_id, kind)
VALUES (tap.id('r'), tap.id('call'), tap.id('session'), tap.id('table'), tap.id('diner'), 'water');
INSERT INTO orders (restaurant_id, id, business_date, order_number, table_id, session_id, order_type, currency, prices_include_tax,
  subtotal, tax_amount, taxes, total_amount)
VALUES (tap.id('r'), tap.id('order'), '2030-01-01', 1, tap.id('table'), tap.id('session'), 'dine_in', 'INR', false, 100, 0, '[]', 100);

-- What an UPDATE of a row that transaction 7 changed last leaves as its
-- changed_xid: 'now', '7', or the SQLSTATE. Nothing stays.
CREATE FUNCTION tap.noted(role text, relation text, change text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  row_id uuid := CASE relation WHEN 'orders' THEN tap.id('order') WHEN 'sessions' THEN tap.id('session') ELSE tap.id('call') END;
  restaurant uuid := tap.id('r');
  found xid8;
BEGIN
  SET LOCAL session_replication_role = replica;
  EXECUTE format('UPDATE public.%I SET changed_xid = ''7'' WHERE id = %L', relation, row_id);
  SET LOCAL session_replication_role = origin;
  EXECUTE format('SET LOCAL ROLE %I', role);
  PERFORM public.set_tenant(restaurant);
  EXECUTE format('UPDATE public.%I SET %s WHERE id = %L', relation, change, row_id);
  EXECUTE format('SELECT changed_xid FROM public.%I WHERE id = %L', relation, row_id) INTO found;
  RAISE EXCEPTION USING ERRCODE = 'TAP00', MESSAGE = CASE found WHEN pg_current_xact_id() THEN 'now' ELSE found::text END;
EXCEPTION
  WHEN SQLSTATE 'TAP00' THEN RETURN SQLERRM;
  WHEN OTHERS THEN RETURN SQLSTATE;
END
$$;

SELECT tap.col_type_is('public', t.name, 'changed_xid', 'pg_catalog', 'xid8', t.name || '.changed_xid is a whole transaction number')
FROM (VALUES ('orders'), ('sessions'), ('service_calls')) AS t (name);
SELECT tap.col_not_null('public', t.name, 'changed_xid', t.name || '.changed_xid is never unknown')
FROM (VALUES ('orders'), ('sessions'), ('service_calls')) AS t (name);
SELECT tap.ok((SELECT changed_xid FROM orders) = pg_current_xact_id() AND (SELECT changed_xid FROM sessions) = pg_current_xact_id()
              AND (SELECT changed_xid FROM service_calls) = pg_current_xact_id(), 'a new row names its transaction');
-- BEFORE (2) UPDATE (16) FOR EACH ROW (1): placing an order pays nothing for it.
SELECT tap.results_eq($$ SELECT t.tgrelid::regclass::text, t.tgtype::integer FROM pg_catalog.pg_trigger t
                         WHERE t.tgfoid = 'public.note_change'::regproc AND t.tgenabled = 'O' ORDER BY 1 $$,
                      $$ VALUES ('orders', 19), ('service_calls', 19), ('sessions', 19) $$, 'the triggers fire on UPDATE alone');

SELECT tap.is(tap.noted('orderzap_app', x.relation, x.change), x.expected, x.relation || ': ' || x.change)
FROM (VALUES
  ('orders', 'status = ''confirmed''', 'now'),
  ('orders', 'payment_status = ''paid''', 'now'),
  ('orders', 'deleted_at = now()', 'now'),
  ('orders', 'session_id = NULL', 'now'),
  ('orders', 'table_id = NULL', 'now'),
  ('orders', 'status = status', 'now'),
  ('orders', 'changed_xid = ''9''', '42501'),
  ('orders', 'total_amount = 1', '42501'),
  ('sessions', 'table_id = md5(''tap table 2'')::uuid', 'now'),
  ('sessions', 'status = ''closed'', closed_at = now()', 'now'),
  ('sessions', 'pin_hash = ''\x05''', 'now'),
  ('sessions', 'guest_count = 3', 'now'),
  ('sessions', 'expires_at = now()', 'now'),
  ('sessions', 'version = version', 'now'),
  ('sessions', 'changed_xid = changed_xid', 'now'),
  ('sessions', 'changed_xid = ''9''', 'now'),
  ('service_calls', 'acknowledged_at = now(), acknowledged_by = md5(''tap staff'')::uuid', 'now'),
  ('service_calls', 'table_id = md5(''tap table 2'')::uuid', 'now'),
  ('service_calls', 'changed_xid = ''9''', 'now')
) AS x (relation, change, expected);
SELECT tap.is(tap.noted('orderzap_owner', 'orders', 'changed_xid = ''9'''), 'OZ001', 'an order''s changed_xid is guarded, whoever writes it');

-- Versions go their own way.
SELECT tap.is((SELECT version FROM sessions), 1::bigint, 'a session begins with version 1');
UPDATE sessions SET changed_xid = changed_xid;
SELECT tap.is((SELECT version FROM sessions), 1::bigint, 'noting a change counts no version');
SELECT tap.is((SELECT count(*) FROM sync_logs WHERE entity_type = 'session' AND entity_version > 1), 0::bigint, 'nor does the mirror hear of it');

-- The cursor.
SELECT tap.matches(changes_cursor(tap.id('r')), '^\d+-\d+$', 'a cursor is a transaction and a time');
SELECT tap.ok(split_part(changes_cursor(tap.id('r')), '-', 1)::xid8 <= pg_current_xact_id(), 'this transaction is not before the cursor');
SELECT tap.is(split_part(changes_cursor(tap.id('r')), '-', 1)::xid8, pg_snapshot_xmin(pg_current_snapshot()), 'nor is any other that runs');
SELECT tap.is(split_part(changes_cursor(tap.id('r')), '-', 2)::bigint, floor(extract(epoch FROM now()))::bigint, 'its time is the transaction''s');
-- Numbers of transactions that were rolled back may come again after a crash:
-- the cursor is never after more than what is shown.
SET LOCAL session_replication_role = replica;
UPDATE orders SET changed_xid = '7';
UPDATE sessions SET changed_xid = '5';
UPDATE service_calls SET changed_xid = '6';
SELECT tap.is(split_part(changes_cursor(tap.id('r')), '-', 1), '8', 'the cursor is just after the last change of an order');
UPDATE sessions SET changed_xid = '9';
SELECT tap.is(split_part(changes_cursor(tap.id('r')), '-', 1), '10', 'of a session');
UPDATE service_calls SET changed_xid = '11';
SELECT tap.is(split_part(changes_cursor(tap.id('r')), '-', 1), '12', 'of a service call');
SET LOCAL session_replication_role = origin;
SAVEPOINT deeper;
UPDATE orders SET status = 'confirmed';
SELECT tap.is((SELECT changed_xid FROM orders), pg_current_xact_id(), 'a savepoint''s change has the number of the whole');
RELEASE SAVEPOINT deeper;

-- What polls looks up.
SELECT tap.has_index('public', x.relation::name, x.name::name, ARRAY['restaurant_id', 'changed_xid']::name[], x.name)
FROM (VALUES ('orders', 'orders_changed'), ('sessions', 'sessions_changed'), ('service_calls', 'service_calls_changed')) AS x (relation, name);

SELECT * FROM tap.finish();
ROLLBACK;
