-- Live events: what a change writes, and what a relay may read.
BEGIN;
CREATE SCHEMA IF NOT EXISTS tap;
CREATE EXTENSION IF NOT EXISTS pgtap SCHEMA tap;
SET LOCAL search_path = tap, public;
SET LOCAL client_min_messages = warning;
SELECT plan(44);

CREATE FUNCTION tap.id(tenant text, thing text) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$ SELECT md5('tap ' || tenant || ' ' || thing)::uuid $$;

CREATE FUNCTION tap.fixture(tenant text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  r uuid := tap.id(tenant, 'restaurant');
BEGIN
  INSERT INTO public.restaurants (id, slug, name, currency, timezone, menu_version)
  VALUES (r, 'tap-' || lower(tenant), 'Restaurant ' || tenant, 'INR', 'Asia/Kolkata', 7);
  INSERT INTO public.tables (restaurant_id, id, name, seats)
  VALUES (r, tap.id(tenant, 'table'), 'T1', 4), (r, tap.id(tenant, 'second table'), 'T2', 4);
  INSERT INTO public.sessions (restaurant_id, id, table_id, opened_by, pin_hash, expires_at) VALUES
    (r, tap.id(tenant, 'session'), tap.id(tenant, 'table'), 'diner', '\x01', now() + interval '3 hours'),
    (r, tap.id(tenant, 'second session'), tap.id(tenant, 'second table'), 'diner', '\x01', now() + interval '3 hours');
  INSERT INTO public.users (restaurant_id, id, session_id, display_name)
  VALUES (r, tap.id(tenant, 'diner'), tap.id(tenant, 'session'), 'Asha');
  INSERT INTO public.orders (restaurant_id, id, business_date, order_number, table_id, session_id, order_type, currency,
    prices_include_tax, subtotal, tax_amount, taxes, total_amount)
  VALUES (r, tap.id(tenant, 'order'), '2030-01-01', 1, tap.id(tenant, 'table'), tap.id(tenant, 'session'), 'dine_in', 'INR',
    false, 1000, 50, '[]', 1050);
  INSERT INTO public.payments (restaurant_id, id, order_id, session_id, amount, currency, method, business_date)
  VALUES (r, tap.id(tenant, 'payment'), tap.id(tenant, 'order'), tap.id(tenant, 'session'), 1050, 'INR', 'cash', '2030-01-01');
  INSERT INTO public.service_calls (restaurant_id, id, session_id, table_id, diner_id, kind)
  VALUES (r, tap.id(tenant, 'call'), tap.id(tenant, 'session'), tap.id(tenant, 'table'), tap.id(tenant, 'diner'), 'water');
END
$$;

-- The first column of a statement's first row as a role sees it, or its SQLSTATE.
CREATE FUNCTION tap.as_role(role text, tenant text, statement text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  answer text;
BEGIN
  PERFORM set_config('orderzap.restaurant_id', CASE WHEN tenant IS NULL THEN '' ELSE tap.id(tenant, 'restaurant')::text END, true);
  EXECUTE format('SET LOCAL ROLE %I', role);
  BEGIN
    EXECUTE statement INTO answer;
  EXCEPTION WHEN OTHERS THEN
    answer := SQLSTATE;
  END;
  RESET ROLE;
  PERFORM set_config('orderzap.restaurant_id', '', true);
  RETURN answer;
END
$$;

CREATE FUNCTION tap.told(tenant text) RETURNS TABLE (line text)
LANGUAGE sql AS $$
  SELECT e.type || ' ' || coalesce(e.resource ->> 'status', e.resource ->> 'method', '') || ' ' || (e.resource ->> 'version')
    || CASE WHEN e.session_id = tap.id(tenant, 'session') THEN ' its session' WHEN e.session_id IS NULL THEN '' ELSE ' another' END
    || CASE WHEN e.ends_session THEN ' ends' ELSE '' END
  FROM public.events e WHERE e.restaurant_id = tap.id(tenant, 'restaurant') ORDER BY 1
$$;

-- ---- Without a relay none are written.

SELECT tap.fixture('A');
SELECT tap.is_empty('SELECT 1 FROM public.events', 'without a word, none is written');
SET LOCAL orderzap.events = off;
UPDATE public.orders SET status = 'confirmed';
SELECT tap.is_empty('SELECT 1 FROM public.events', 'nor where it is off');

-- ---- Every kind of change

SET LOCAL orderzap.events = on;
SELECT tap.fixture('B');
SELECT tap.set_eq($$ SELECT line FROM tap.told('B') $$, ARRAY['order.created pending 1 its session', 'payment.recorded cash 1 its session',
  'service_call.updated open 1 its session', 'session.updated active 1 another', 'session.updated active 1 its session'], 'what is new');
SELECT tap.is_empty($$ SELECT 1 FROM tap.told('A') $$, 'of the restaurant alone');
DELETE FROM public.events;
UPDATE public.orders SET status = 'confirmed' WHERE id = tap.id('B', 'order');
UPDATE public.service_calls SET acknowledged_at = now() WHERE id = tap.id('B', 'call');
UPDATE public.restaurants SET menu_version = 8 WHERE id = tap.id('B', 'restaurant');
UPDATE public.sessions SET expires_at = now() + interval '4 hours' WHERE id = tap.id('B', 'session');
SELECT tap.set_eq($$ SELECT line FROM tap.told('B') $$, ARRAY['order.updated confirmed 2 its session', 'service_call.updated acknowledged 2 its session',
  'menu.updated  8', 'session.updated active 2 its session'], 'what changed');
DELETE FROM public.events;
UPDATE public.sessions SET guest_count = 4 WHERE id = tap.id('B', 'session');
SELECT tap.is((SELECT string_agg(e.type || ' ' || (e.resource ->> 'guest_count') || ' ' || (e.resource ->> 'version'), ', ') FROM public.events e), 'session.updated 4 3',
  'how many guests a session has');
UPDATE public.sessions SET guest_count = NULL WHERE id = tap.id('B', 'session');
DELETE FROM public.events;
UPDATE public.restaurants SET name = 'Another' WHERE id = tap.id('B', 'restaurant');
UPDATE public.tables SET seats = 5 WHERE restaurant_id = tap.id('B', 'restaurant');
UPDATE public.users SET display_name = 'Asha' WHERE restaurant_id = tap.id('B', 'restaurant');
SELECT tap.is_empty('SELECT 1 FROM public.events', 'changes that no event is about send none');
UPDATE public.sessions SET status = 'closed', closed_at = now() WHERE id = tap.id('B', 'session');
SELECT tap.set_eq($$ SELECT line FROM tap.told('B') $$, ARRAY['session.updated closed 5 its session ends'], 'a session that is closed ends its streams');
SELECT tap.is((SELECT e.xid FROM public.events e), pg_current_xact_id(), 'an event names its transaction');

SAVEPOINT one;
UPDATE public.orders SET status = 'preparing' WHERE id = tap.id('B', 'order');
SELECT tap.is((SELECT count(*) FROM public.events), 2::bigint, 'one more');
ROLLBACK TO SAVEPOINT one;
SELECT tap.is((SELECT count(*) FROM public.events), 1::bigint, 'what is rolled back sends no event');

-- The id follows from the change.
UPDATE public.orders SET status = 'preparing' WHERE id = tap.id('B', 'order');
SELECT tap.is((SELECT e.id FROM public.events e WHERE e.type = 'order.updated'), md5('order ' || tap.id('B', 'order') || ' 3')::uuid, 'the id of an event');
SELECT tap.ok(NOT EXISTS (SELECT FROM public.events e WHERE e.resource::text ~ 'pin_hash|password|\\x01'), 'no event holds a secret');

-- ---- What the relay may

SELECT tap.is(tap.as_role('orderzap_relay', NULL, 'SELECT count(*) FROM public.relay_events(''0'', ''{}'')'), '2', 'the relay reads all restaurants'' events');
SELECT tap.is(tap.as_role('orderzap_relay', NULL, format('SELECT count(*) FROM public.relay_events(%L, ''{}'')', (pg_current_xact_id()::text::bigint + 1)::text)), '0', 'those after its cursor');
SELECT tap.is(tap.as_role('orderzap_relay', NULL, format('SELECT count(*) FROM public.relay_events(%L, ARRAY[%L]::xid8[])', (pg_current_xact_id()::text::bigint + 1)::text, pg_current_xact_id())), '2', 'but for transactions that ran');
SELECT tap.is(tap.as_role('orderzap_relay', NULL, 'SELECT count(*) FROM public.events'), '0', 'by that function alone');
SELECT tap.is(tap.as_role('orderzap_relay', NULL, format('SELECT body::jsonb FROM public.relay_events(''0'', ''{}'') WHERE body LIKE %L', '%order.updated%'))::jsonb - 'resource',
  jsonb_build_object('id', md5('order ' || tap.id('B', 'order') || ' 3')::uuid, 'type', 'order.updated', 'restaurant_id', tap.id('B', 'restaurant'),
    'session_id', tap.id('B', 'session')), 'what is posted');
UPDATE public.restaurants SET menu_version = 9 WHERE id IN (tap.id('A', 'restaurant'), tap.id('B', 'restaurant'));
SELECT tap.is(tap.as_role('orderzap_relay', NULL, format('SELECT sessions FROM public.relay_events(''0'', ''{}'') WHERE restaurant_id = %L AND body LIKE %L', tap.id('B', 'restaurant'), '%menu.updated%')),
  tap.id('B', 'second session')::text, 'of the menu the running sessions of the restaurant hear');
SELECT tap.is(tap.as_role('orderzap_relay', NULL, format('SELECT cardinality(string_to_array(sessions, '','')) FROM public.relay_events(''0'', ''{}'') WHERE restaurant_id = %L', tap.id('A', 'restaurant'))),
  '2', 'both of the other');
SELECT tap.is(tap.as_role('orderzap_relay', NULL, 'SELECT count(*) FROM public.relay_events(''0'', ''{}'') WHERE sessions IS NOT NULL AND body NOT LIKE ''%menu.updated%'''), '0', 'of nothing else');
SELECT tap.is(tap.as_role('orderzap_relay', NULL, 'SELECT e.session_id FROM public.relay_ended() AS e'), tap.id('B', 'session')::text, 'whose streams end again');
SELECT tap.is(tap.as_role('orderzap_relay', NULL, 'SELECT e.id FROM public.relay_ended() AS e'), md5('session ' || tap.id('B', 'session') || ' 5')::uuid::text, 'the event that said so');
SELECT tap.is(tap.as_role('orderzap_relay', NULL, 'SELECT count(*) FROM public.relay_ended()'), '1', 'no session that goes on');
UPDATE public.sessions SET status = 'active', closed_at = NULL WHERE id = tap.id('B', 'session');
SELECT tap.is(tap.as_role('orderzap_relay', NULL, 'SELECT count(*) FROM public.relay_ended()'), '0', 'nor one that was opened again');
DELETE FROM public.events WHERE type = 'session.updated' AND NOT ends_session AND resource ->> 'version' = '6';
UPDATE public.events SET created_at = now() - interval '3 minutes' WHERE type = 'order.updated';
SELECT tap.isnt(tap.as_role('orderzap_relay', NULL, 'SELECT public.relay_cleanup()'), '42501', 'the relay cleans up');
SELECT tap.is((SELECT count(*) FROM public.events e WHERE e.type = 'order.updated'), 0::bigint, 'what is older than two minutes goes');
SELECT tap.is((SELECT count(*) FROM public.events), 3::bigint, 'the rest stays');

SELECT tap.is(tap.as_role('orderzap_relay', 'B', format('SELECT count(*) FROM public.%I', t.name)), '42501', 'the relay reads no ' || t.name)
FROM unnest(ARRAY['orders', 'sessions', 'payments', 'staff', 'event_tickets']) AS t (name);
SELECT tap.is(tap.as_role(x.role, 'B', x.statement), '42501', x.role || ': ' || x.statement)
FROM (VALUES ('orderzap_app', 'SELECT count(*) FROM public.relay_events(''0'', ''{}'')'), ('orderzap_sync', 'SELECT count(*) FROM public.relay_events(''0'', ''{}'')'),
  ('orderzap_app', 'SELECT count(*) FROM public.relay_ended()'), ('orderzap_sync', 'SELECT count(*) FROM public.relay_ended()'),
  ('orderzap_app', 'SELECT public.relay_cleanup()'), ('orderzap_app', 'DELETE FROM public.events')) AS x (role, statement);

-- ---- Tickets

INSERT INTO public.event_tickets (restaurant_id, ticket_hash, role, caller_id, expires_at)
SELECT tap.id(t.name, 'restaurant'), '\x01', 'diner', tap.id(t.name, 'diner'), now() + interval '1 minute' FROM (VALUES ('A'), ('B')) AS t (name);
SELECT tap.is(tap.as_role('orderzap_app', 'A', 'SELECT count(*) FROM public.event_tickets'), '1', 'a restaurant has its own tickets');
SELECT tap.is(tap.as_role('orderzap_app', NULL, 'SELECT count(*) FROM public.event_tickets'), '0', 'nobody has none');
SELECT tap.is(tap.as_role('orderzap_app', 'A', format('WITH gone AS (DELETE FROM public.event_tickets WHERE restaurant_id = %L RETURNING 1) SELECT count(*) FROM gone', tap.id('B', 'restaurant'))), '0', 'another''s is not used');
SELECT tap.is(tap.as_role('orderzap_app', 'A', 'UPDATE public.event_tickets SET expires_at = now() + interval ''1 day'''), '42501', 'none is prolonged');
SELECT tap.throws_ok($$ INSERT INTO public.event_tickets VALUES (tap.id('A', 'restaurant'), '\x02', 'king', tap.id('A', 'diner'), NULL, now()) $$, '23514', NULL, 'roles are known');

SELECT * FROM finish();
ROLLBACK;
