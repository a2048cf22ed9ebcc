-- The mirror's side of the database: the outbox is on only where a program says
-- so; what the sync reads; who may call what.
BEGIN;
CREATE SCHEMA IF NOT EXISTS tap;
CREATE EXTENSION IF NOT EXISTS pgtap SCHEMA tap;
SET LOCAL search_path = tap, public;
SET LOCAL client_min_messages = warning;

-- The same name is always the same id.
CREATE FUNCTION tap.id(tenant text, thing text) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$ SELECT md5('tap ' || tenant || ' ' || thing)::uuid $$;

CREATE FUNCTION tap.tenant(tenant text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  home uuid := tap.id(tenant, 'restaurant');
BEGIN
  INSERT INTO public.restaurants (id, slug, name, currency, timezone)
  VALUES (home, 'tap-' || lower(tenant), 'Restaurant ' || tenant, 'INR', 'Asia/Kolkata');
  INSERT INTO public.tables (restaurant_id, id, name, seats) VALUES (home, tap.id(tenant, 'table'), 'T1', 4);
  INSERT INTO public.sessions (restaurant_id, id, table_id, opened_by, pin_hash, expires_at)
  VALUES (home, tap.id(tenant, 'session'), tap.id(tenant, 'table'), 'diner', '\x01', '2030-01-01T15:00:00.25Z');
  INSERT INTO public.menu_categories (restaurant_id, id, name) VALUES (home, tap.id(tenant, 'category'), 'Mains');
  INSERT INTO public.menu_items (restaurant_id, id, category_id, name, price) VALUES (home, tap.id(tenant, 'item'), tap.id(tenant, 'category'), 'Dosa', 1000);
  INSERT INTO public.menu_item_options (restaurant_id, id, menu_item_id, name) VALUES (home, tap.id(tenant, 'option'), tap.id(tenant, 'item'), 'Size');
  INSERT INTO public.menu_item_option_values (restaurant_id, id, option_id, name, position, deleted_at) VALUES
    (home, tap.id(tenant, 'value 2'), tap.id(tenant, 'option'), 'Large', 2, NULL),
    (home, tap.id(tenant, 'value 1'), tap.id(tenant, 'option'), 'Small', 1, NULL),
    (home, tap.id(tenant, 'value 3'), tap.id(tenant, 'option'), 'Gone', 3, now());
  INSERT INTO public.orders (restaurant_id, id, business_date, order_number, table_id, session_id, order_type, currency,
    prices_include_tax, subtotal, tax_amount, taxes, total_amount, created_at)
  VALUES (home, tap.id(tenant, 'order'), '2030-01-01', 1, tap.id(tenant, 'table'), tap.id(tenant, 'session'), 'dine_in', 'INR', false,
    1000, 50, '[]', 1050, '2030-01-01T12:34:56.789Z');
END
$$;

CREATE TEMPORARY TABLE entity (type text, relation text, thing text);
INSERT INTO entity VALUES ('table', 'tables', 'table'), ('session', 'sessions', 'session'), ('menu_category', 'menu_categories', 'category'),
  ('menu_item', 'menu_items', 'item'), ('menu_item_option', 'menu_item_options', 'option'), ('order', 'orders', 'order');

-- A scalar query as a role whose tenant is A, or its SQLSTATE.
CREATE FUNCTION tap.as_role(role text, query text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  home uuid := tap.id('A', 'restaurant');
  answer text;
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', role);
  PERFORM public.set_tenant(home);
  EXECUTE query INTO answer;
  RESET ROLE;
  RETURN answer;
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE;
END
$$;
CREATE FUNCTION tap.waits() RETURNS bigint
LANGUAGE sql AS $$ SELECT count(*) FROM public.sync_logs $$;

SELECT plan(73);

-- The trigger.

DO $$ BEGIN PERFORM tap.tenant('A'); END $$;
SELECT tap.is(tap.waits(), 0::bigint, 'without the setting nothing waits');
SET LOCAL orderzap.mirror = off;
UPDATE public.tables SET seats = 5 WHERE id = tap.id('A', 'table');
SELECT tap.is(tap.waits(), 0::bigint, 'nor when it is off');
SET LOCAL orderzap.mirror = on;
DO $$
DECLARE
  e record;
BEGIN
  FOR e IN SELECT * FROM entity LOOP
    EXECUTE format('UPDATE public.%I SET version = version WHERE id = %L', e.relation, tap.id('A', e.thing));
  END LOOP;
END
$$;
SELECT tap.is((SELECT string_agg(l.convex_sync_status || ' ' || l.entity_version, ' ') FROM public.sync_logs l
               WHERE l.entity_type = e.type AND l.entity_id = tap.id('A', e.thing)),
              'pending ' || CASE WHEN e.type = 'table' THEN 3 ELSE 2 END, e.type || ': with it a row waits')
FROM entity e ORDER BY e.type;
DO $$ BEGIN PERFORM tap.tenant('B'); END $$;

-- How long something has waited is not forgotten when it changes again.

UPDATE public.sync_logs SET pending_since = now() - interval '1 hour';
UPDATE public.tables SET seats = 6 WHERE id = tap.id('A', 'table');
SELECT tap.is((SELECT now() - l.pending_since FROM public.sync_logs l WHERE l.entity_id = tap.id('A', 'table')), interval '1 hour',
              'pending: since when is kept');
UPDATE public.sync_logs SET convex_sync_status = x.state FROM (VALUES ('table', 'synced'), ('category', 'dead')) AS x (thing, state)
WHERE entity_id = tap.id('A', x.thing);
UPDATE public.tables SET seats = 7 WHERE id = tap.id('A', 'table');
UPDATE public.menu_categories SET position = 7 WHERE id = tap.id('A', 'category');
SELECT tap.is((SELECT l.convex_sync_status || ' ' || (now() - l.pending_since)::text FROM public.sync_logs l WHERE l.entity_id = tap.id('A', x.thing)),
              'pending 00:00:00', x.thing || ': begins again after it was sent or given up')
FROM (VALUES ('table'), ('category')) AS x (thing);
UPDATE public.sync_logs SET convex_sync_attempts = 3, outage_attempts = 4, rejected_since = now(), convex_error = 'bad', locked_until = now() + interval '1 minute'
WHERE entity_id = tap.id('A', 'item');
UPDATE public.menu_items SET price = 7 WHERE id = tap.id('A', 'item');
SELECT tap.is((SELECT (l.convex_sync_attempts, l.outage_attempts, l.rejected_since, l.convex_error)::text FROM public.sync_logs l
               WHERE l.entity_id = tap.id('A', 'item')), '(0,0,,)', 'a change gets a fresh chance');
SELECT tap.ok((SELECT l.locked_until > now() FROM public.sync_logs l WHERE l.entity_id = tap.id('A', 'item')), 'and leaves a lease alone');

-- sync_due.

SELECT tap.set_eq($$ SELECT d FROM public.sync_due() AS d $$, $$ SELECT tap.id(t, 'restaurant') FROM unnest(ARRAY['A', 'B']) AS t $$,
                  'sync_due: restaurants with something to send');
UPDATE public.sync_logs SET next_attempt_at = now() + interval '1 minute' WHERE restaurant_id = tap.id('A', 'restaurant');
SELECT tap.set_eq($$ SELECT d FROM public.sync_due() AS d $$, ARRAY[tap.id('B', 'restaurant')], 'sync_due: not what is for later');
UPDATE public.sync_logs SET next_attempt_at = now() WHERE entity_id = tap.id('A', 'item');
UPDATE public.sync_logs SET convex_sync_status = 'synced' WHERE restaurant_id = tap.id('B', 'restaurant');
SELECT tap.set_eq($$ SELECT d FROM public.sync_due() AS d $$, ARRAY[tap.id('A', 'restaurant')], 'sync_due: one row that is due will do, one that was sent will not');
UPDATE public.sync_logs SET convex_sync_status = 'dead' WHERE restaurant_id = tap.id('A', 'restaurant');
SELECT tap.is_empty($$ SELECT d FROM public.sync_due() AS d $$, 'sync_due: none where all is dead or sent');

-- sync_status.

UPDATE public.sync_logs SET convex_sync_status = 'pending', pending_since = now() - interval '90.9 seconds' WHERE entity_id = tap.id('A', 'item');
SELECT tap.is((SELECT s::text FROM public.sync_status() AS s), '(1,90,5,,)', 'sync_status: pending, since when, dead');
UPDATE public.sync_logs SET pending_since = now() + interval '1 second' WHERE entity_id = tap.id('A', 'item');
SELECT tap.is((SELECT s::text FROM public.sync_status() AS s), '(1,0,5,,)', 'sync_status: pending since after this transaction began');
UPDATE public.sync_state SET last_success_at = '2030-01-01T00:00:00Z', halted_because = 'the key';
SELECT tap.is((SELECT s.halted_because || ' ' || public.rfc3339(s.last_success_at) FROM public.sync_status() AS s), 'the key 2030-01-01T00:00:00.000Z',
              'sync_status: the last success, and why it stands still');
DELETE FROM public.sync_logs;
SELECT tap.is((SELECT (s.pending, s.oldest_seconds, s.dead)::text FROM public.sync_status() AS s), '(0,,0)', 'sync_status: of nothing');

-- sync_versions.

SELECT tap.is(tap.as_role('orderzap_sync', format('SELECT string_agg(v.id || '' '' || v.version, '','') FROM public.sync_versions(%L, %L, %L, 10) AS v',
                tap.id('A', 'restaurant'), e.type, '00000000-0000-0000-0000-000000000000')),
              tap.id('A', e.thing) || ' ' || CASE e.type WHEN 'table' THEN 5 WHEN 'menu_category' THEN 3 WHEN 'menu_item' THEN 3 ELSE 2 END,
              'sync_versions: ' || e.type)
FROM entity e ORDER BY e.type;
INSERT INTO public.tables (restaurant_id, id, name, seats)
SELECT tap.id('A', 'restaurant'), ('00000000-0000-0000-0000-00000000000' || n)::uuid, 'N' || n, 2 FROM generate_series(1, 5) AS n;
UPDATE public.tables SET deleted_at = now() WHERE name = 'N4';
SELECT tap.is(tap.as_role('orderzap_sync', format('SELECT string_agg(right(v.id::text, 1), '''') FROM public.sync_versions(%L, ''table'', %L, 3) AS v',
                tap.id('A', 'restaurant'), x.after)), x.expected, 'sync_versions: after ' || right(x.after, 1) || ', three, without the deleted')
FROM (VALUES ('00000000-0000-0000-0000-000000000000', '123'), ('00000000-0000-0000-0000-000000000002', '35' || right(tap.id('A', 'table')::text, 1))) AS x (after, expected);
SELECT tap.is(tap.as_role('orderzap_sync', format('SELECT count(*) FROM public.sync_versions(%L, ''table'', %L, 3) AS v',
                tap.id('B', 'restaurant'), '00000000-0000-0000-0000-000000000000')), '0', 'sync_versions: of another tenant nothing');

-- sync_doc.

CREATE FUNCTION tap.doc(type text, thing text) RETURNS jsonb
LANGUAGE sql AS $$
  SELECT tap.as_role('orderzap_sync', format('SELECT public.sync_doc(%L, %L, %L)', tap.id('A', 'restaurant'), type, tap.id('A', thing)))::jsonb
$$;
SELECT tap.is(tap.doc(e.type, e.thing) - 'doc', jsonb_build_object('op', 'upsert', 'entity', e.type), 'sync_doc: ' || e.type) FROM entity e ORDER BY e.type;
SELECT tap.is((d -> 'pgId') #>> '{}' || ' ' || (d -> 'restaurantId' #>> '{}'), tap.id('A', e.thing) || ' ' || tap.id('A', 'restaurant'), 'sync_doc: whose ' || e.type)
FROM entity e CROSS JOIN LATERAL (SELECT tap.doc(e.type, e.thing) -> 'doc') AS x (d) ORDER BY e.type;
SELECT tap.ok(NOT jsonb_path_exists(tap.doc(e.type, e.thing), '$.** ? (@ == null)'), 'sync_doc: nothing is null in ' || e.type) FROM entity e ORDER BY e.type;
SELECT tap.is(tap.doc('session', 'session') -> 'doc' -> 'expiresAt', '1893510000250'::jsonb, 'sync_doc: times in milliseconds');
SELECT tap.is(tap.doc('order', 'order') -> 'doc' -> 'totalAmount', '1050'::jsonb, 'sync_doc: money in minor units');
SELECT tap.is(tap.doc('order', 'order') -> 'doc' -> 'items', '[]'::jsonb, 'sync_doc: no lines are an empty list');
SELECT tap.is((SELECT string_agg(v ->> 'name', ' ') FROM jsonb_array_elements(tap.doc('menu_item_option', 'option') -> 'doc' -> 'values') AS v),
              'Small Large', 'sync_doc: values by position, without the deleted');
SELECT tap.is((SELECT string_agg(k, ' ' ORDER BY k) FROM jsonb_object_keys(tap.doc('session', 'session') -> 'doc') AS k),
              'createdAt expiresAt openedBy pgId restaurantId status tableId updatedAt version', 'sync_doc: a session''s members, no PIN among them');
UPDATE public.sessions SET guest_count = 4 WHERE id = tap.id('A', 'session');
SELECT tap.is(tap.doc('session', 'session') -> 'doc' -> 'guestCount', '4'::jsonb, 'sync_doc: how many guests a session has');
UPDATE public.tables SET deleted_at = now() WHERE name = 'T1' AND restaurant_id = tap.id('A', 'restaurant');
SELECT tap.is(tap.doc('table', 'table'), jsonb_build_object('op', 'delete', 'entity', 'table', 'pgId', tap.id('A', 'table'),
              'restaurantId', tap.id('A', 'restaurant'), 'version', 6), 'sync_doc: what is deleted');
SELECT tap.is(tap.doc('table', 'nobody'), NULL, 'sync_doc: what is not there');
SELECT tap.is(tap.as_role('orderzap_sync', format('SELECT public.sync_doc(%L, ''table'', %L)', tap.id('B', 'restaurant'), tap.id('B', 'table'))), NULL,
              'sync_doc: another tenant''s is not there');

-- Who may.

DELETE FROM public.sync_logs;
SELECT tap.is(tap.as_role(x.role, x.query), x.expected, x.role || ': ' || x.query)
FROM (VALUES
  ('orderzap_app', 'SELECT count(*) FROM public.sync_due()', '42501'),
  ('orderzap_relay', 'SELECT count(*) FROM public.sync_due()', '42501'),
  ('orderzap_relay', 'SELECT count(*) FROM public.sync_status()', '42501'),
  ('orderzap_sync', 'SELECT count(*) FROM public.sync_due()', '0'),
  ('orderzap_sync', 'SELECT s.dead FROM public.sync_status() AS s', '0'),
  ('orderzap_app', 'SELECT s.dead FROM public.sync_status() AS s', '0'),
  ('orderzap_app', 'UPDATE public.sync_state SET halted_because = NULL', '42501'),
  ('orderzap_app', 'SELECT name FROM public.sync_state', 'convex'),
  ('orderzap_sync', 'UPDATE public.sync_state SET halted_because = NULL RETURNING name', 'convex'),
  ('orderzap_sync', 'INSERT INTO public.sync_state (name) VALUES (''convex'')', '42501'),
  ('orderzap_sync', format('INSERT INTO public.sync_logs (restaurant_id, entity_type, entity_id, entity_version, next_attempt_at, created_at)
     VALUES (%L, ''table'', %L, 1, now(), now()) RETURNING entity_type', tap.id('A', 'restaurant'), tap.id('A', 'table')), 'table'),
  ('orderzap_sync', format('INSERT INTO public.sync_logs (restaurant_id, entity_type, entity_id, entity_version, next_attempt_at, created_at)
     VALUES (%L, ''table'', %L, 1, now(), now()) RETURNING entity_type', tap.id('B', 'restaurant'), tap.id('B', 'table')), '42501'))
  AS x (role, query, expected);
SELECT tap.ok(p.prosecdef AND p.proconfig @> ARRAY['search_path=pg_catalog'], p.proname || ' looks over all restaurants with a path of its own')
FROM pg_catalog.pg_proc p WHERE p.oid IN ('public.sync_due'::regproc, 'public.sync_status'::regproc) ORDER BY p.proname;
SELECT tap.ok(NOT p.prosecdef, p.proname || ' sees what its caller sees')
FROM pg_catalog.pg_proc p WHERE p.oid IN ('public.sync_doc'::regproc, 'public.sync_versions'::regproc) ORDER BY p.proname;

SELECT * FROM tap.finish();
ROLLBACK;
