-- Row-level security, role by role and table by table, for two tenants: what
-- one sees and changes the other never does. The tables come from the
-- catalogue, so that a new one is tested or, without a fixture, missed aloud.
BEGIN;
CREATE SCHEMA IF NOT EXISTS tap;
CREATE EXTENSION IF NOT EXISTS pgtap SCHEMA tap;
SET LOCAL search_path = tap, public;
SET LOCAL client_min_messages = warning;
-- As a program says it that has a mirror: the outbox has its rows.
SET LOCAL orderzap.mirror = on;

\ir fixture.sql

-- A fixture's row as JSON.
CREATE FUNCTION tap.row_of(relation text, tenant text) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  answer jsonb;
BEGIN
  EXECUTE format('SELECT to_jsonb(t) FROM public.%I t WHERE t.%I = $1 ORDER BY t::text COLLATE "C" LIMIT 1',
                 relation, CASE relation WHEN 'restaurants' THEN 'id' ELSE 'restaurant_id' END)
    INTO answer USING tap.id(tenant, 'restaurant');
  RETURN answer;
END
$$;

-- What a role gets of a statement: a SELECT's one value, else the number of
-- rows; or the SQLSTATE, for 42501 with what refused it. Nothing stays.
-- Tenants: A, B; "never": the setting was never made; "past": it is empty, as
-- after a transaction that made it; "unknown": a restaurant that is not there.
CREATE FUNCTION tap.attempt(role text, tenant text, statement text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  restaurant uuid := tap.id(tenant, 'restaurant');
  answer text;
  touched bigint;
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', role);
  CASE tenant
    WHEN 'never' THEN
      ASSERT current_setting('orderzap.restaurant_id', true) IS NULL, 'the tenant was set before';
    WHEN 'past' THEN SET LOCAL orderzap.restaurant_id = '';
    ELSE PERFORM public.set_tenant(restaurant);
  END CASE;
  IF statement LIKE 'SELECT %' THEN
    EXECUTE statement INTO answer;
  ELSE
    EXECUTE statement;
    GET DIAGNOSTICS touched = ROW_COUNT;
    answer := touched || ' rows';
  END IF;
  RAISE EXCEPTION USING ERRCODE = 'TAP00', MESSAGE = coalesce(answer, 'null');
EXCEPTION
  WHEN SQLSTATE 'TAP00' THEN
    RETURN SQLERRM;
  WHEN insufficient_privilege THEN
    RETURN '42501 ' || CASE WHEN SQLERRM LIKE '%row-level security policy%' THEN 'policy'
                            WHEN SQLERRM LIKE 'permission denied%' THEN 'denied' ELSE SQLERRM END;
  WHEN OTHERS THEN
    RETURN SQLSTATE || CASE SQLSTATE WHEN 'OZ001' THEN '' WHEN '23505' THEN '' ELSE ' ' || SQLERRM END;
END
$$;

-- A row in the place of its original: 'inserted' or SQLSTATE and constraint.
CREATE FUNCTION tap.fate(relation text, original jsonb, changes jsonb) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  state text;
  refused_by text;
BEGIN
  SET LOCAL session_replication_role = replica;
  EXECUTE format('DELETE FROM public.%I t WHERE to_jsonb(t) = $1', relation) USING original;
  SET LOCAL session_replication_role = origin;
  EXECUTE format('INSERT INTO public.%1$I SELECT (jsonb_populate_record(NULL::public.%1$I, $1)).*', relation)
    USING original || changes;
  RAISE EXCEPTION 'undo' USING ERRCODE = 'TAP00';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, refused_by = CONSTRAINT_NAME;
  RETURN CASE state WHEN 'TAP00' THEN 'inserted' ELSE trim(state || ' ' || refused_by) END;
END
$$;

-- Every foreign key from tenant table to tenant table: a row of A beside the
-- same row pointing at B's. One line each: the columns, the two fates.
CREATE FUNCTION tap.crossings() RETURNS TABLE (name text, straight text, crossed text)
LANGUAGE plpgsql AS $$
DECLARE
  link record;
  original jsonb;
  changes jsonb;
BEGIN
  FOR link IN
    SELECT c.conname, c.conrelid::regclass::text AS relation, c.confrelid::regclass::text AS target,
           array_agg(a.attname::text ORDER BY k.place) AS columns, array_agg(f.attname::text ORDER BY k.place) AS keys
    FROM pg_catalog.pg_constraint c
    CROSS JOIN LATERAL unnest(c.conkey, c.confkey) WITH ORDINALITY AS k (here, there, place)
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.here
    JOIN pg_catalog.pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = k.there
    WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND c.confrelid <> 'public.restaurants'::regclass
    GROUP BY c.oid, c.conname, c.conrelid, c.confrelid
    ORDER BY 2, 1
  LOOP
    name := link.relation || ' (' || array_to_string(link.columns, ', ') || ')';
    EXECUTE format('SELECT to_jsonb(t) FROM public.%I t WHERE t.restaurant_id = $1 AND num_nulls(t.%s) = 0 LIMIT 1',
                   link.relation, array_to_string(link.columns, ', t.'))
      INTO original USING tap.id('A', 'restaurant');
    SELECT jsonb_object_agg(c.here, tap.row_of(link.target, 'B') -> c.there) INTO changes
    FROM unnest(link.columns, link.keys) AS c (here, there) WHERE c.here <> 'restaurant_id';
    straight := CASE WHEN original IS NULL THEN 'no fixture' ELSE tap.fate(link.relation, original, '{}') END;
    crossed := CASE WHEN changes IS NULL THEN 'no column beside the tenant'
                    ELSE replace(tap.fate(link.relation, original, changes), link.conname, 'by it') END;
    RETURN NEXT;
  END LOOP;
END
$$;

DO $$ BEGIN PERFORM tap.fixture('A'); PERFORM tap.fixture('B'); END $$;

-- A role that may do everything, for policies alone: a missing grant hides
-- nothing from it.
CREATE ROLE orderzap_tap NOSUPERUSER NOBYPASSRLS;
GRANT USAGE ON SCHEMA public TO orderzap_tap;
GRANT ALL ON ALL TABLES IN SCHEMA public TO orderzap_tap;

-- One line for each tenant table: its tenant's column and how many rows A and
-- B have in it.
CREATE TEMPORARY TABLE tenant_table (name text PRIMARY KEY, key text NOT NULL, rows_a bigint, rows_b bigint);
INSERT INTO tenant_table (name, key)
SELECT c.relname, CASE c.relname WHEN 'restaurants' THEN 'id' ELSE 'restaurant_id' END
FROM pg_catalog.pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname NOT IN ('slugs', 'schema_migrations', 'sync_state');
DO $$
DECLARE
  t record;
BEGIN
  FOR t IN SELECT * FROM tenant_table LOOP
    EXECUTE format('UPDATE tenant_table SET rows_a = (SELECT count(*) FROM public.%1$I x WHERE x.%2$I = $1),
                    rows_b = (SELECT count(*) FROM public.%1$I x WHERE x.%2$I = $2) WHERE name = %1$L', t.name, t.key)
      USING tap.id('A', 'restaurant'), tap.id('B', 'restaurant');
  END LOOP;
END
$$;

-- One line for each role and table, with what the role was granted. `touch`
-- is a column that it may update, else any.
CREATE TEMPORARY TABLE pair AS
SELECT r.role, t.*,
  r.role || ', ' || t.name || ': ' AS label,
  has_table_privilege(r.role, 'public.' || t.name, 'SELECT') AS may_select,
  has_table_privilege(r.role, 'public.' || t.name, 'INSERT') AS may_insert,
  has_any_column_privilege(r.role, 'public.' || t.name, 'UPDATE') AS may_update,
  has_table_privilege(r.role, 'public.' || t.name, 'DELETE') AS may_delete,
  has_column_privilege(r.role, 'public.' || t.name, t.key, 'UPDATE') AS may_move,
  (SELECT a.attname FROM pg_catalog.pg_attribute a
   WHERE a.attrelid = ('public.' || t.name)::regclass AND a.attnum > 0 AND NOT a.attisdropped
   ORDER BY has_column_privilege(r.role, a.attrelid, a.attnum, 'UPDATE') DESC, a.attname IN (t.key, 'id'), a.attnum
   LIMIT 1) AS touch,
  format('SELECT count(*) FILTER (WHERE t.%1$I = %2$L) || '' of A, '' || count(*) FILTER (WHERE t.%1$I = %3$L)
            || '' of B, '' || count(*) FILTER (WHERE t.%1$I NOT IN (%2$L, %3$L)) || '' of others'' FROM public.%4$I t',
         t.key, tap.id('A', 'restaurant'), tap.id('B', 'restaurant'), t.name) AS counting
FROM tenant_table t
CROSS JOIN (VALUES ('orderzap_app'), ('orderzap_sync'), ('orderzap_relay'), ('orderzap_cleanup'), ('orderzap_tap')) AS r (role);

CREATE FUNCTION tap.seen(may_select boolean, a bigint, b bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN may_select THEN a || ' of A, ' || b || ' of B, 0 of others' ELSE '42501 denied' END
$$;

SELECT plan(1 + (SELECT count(*)::integer FROM tenant_table)
            + 14 * (SELECT count(*)::integer FROM pair)
            + (SELECT count(*)::integer FROM tap.crossings())
            + 76);

SELECT tap.cmp_ok((SELECT count(*) FROM tenant_table), '>=', 29::bigint, 'the catalogue names the tenant tables');
SELECT tap.ok(t.rows_a > 0 AND t.rows_b > 0, t.name || ' has a fixture for both tenants')
FROM tenant_table t ORDER BY t.name;

-- Reading. First, while the setting has never been made in this session.

SELECT tap.is(tap.attempt(p.role, 'never', p.counting), tap.seen(p.may_select, 0, 0), p.label || 'no tenant, no rows')
FROM pair p ORDER BY p.role, p.name;
SELECT tap.is(tap.attempt(p.role, 'past', p.counting), tap.seen(p.may_select, 0, 0), p.label || 'after a transaction, no rows')
FROM pair p ORDER BY p.role, p.name;
SELECT tap.is(tap.attempt(p.role, 'unknown', p.counting), tap.seen(p.may_select, 0, 0), p.label || 'an unknown tenant has no rows')
FROM pair p ORDER BY p.role, p.name;
SELECT tap.is(tap.attempt(p.role, 'A', p.counting), tap.seen(p.may_select, p.rows_a, 0), p.label || 'A sees its own')
FROM pair p ORDER BY p.role, p.name;
SELECT tap.is(tap.attempt(p.role, 'B', p.counting), tap.seen(p.may_select, 0, p.rows_b), p.label || 'B sees its own')
FROM pair p ORDER BY p.role, p.name;

-- Inserting: B's own row once more, so that where the policy lets it pass the
-- primary key refuses it.

CREATE FUNCTION tap.insertion(relation text) RETURNS text
LANGUAGE sql AS $$
  SELECT format('INSERT INTO public.%1$I SELECT (jsonb_populate_record(NULL::public.%1$I, %2$L)).*',
                relation, tap.row_of(relation, 'B'))
$$;
SELECT tap.is(tap.attempt(p.role, 'A', tap.insertion(p.name)),
              CASE WHEN p.may_insert THEN '42501 policy' ELSE '42501 denied' END, p.label || 'A cannot insert for B')
FROM pair p ORDER BY p.role, p.name;
SELECT tap.is(tap.attempt(p.role, 'past', tap.insertion(p.name)),
              CASE WHEN p.may_insert THEN '42501 policy' ELSE '42501 denied' END, p.label || 'without a tenant nothing is inserted')
FROM pair p ORDER BY p.role, p.name;
SELECT tap.is(tap.attempt(p.role, 'B', tap.insertion(p.name)),
              CASE WHEN p.may_insert THEN '23505' ELSE '42501 denied' END, p.label || 'B''s policy lets its own pass')
FROM pair p ORDER BY p.role, p.name;

-- Updating.

SELECT tap.is(tap.attempt(p.role, 'A', format('UPDATE public.%I AS t SET %I = t.%2$I WHERE t.%I = %L',
                                              p.name, p.touch, p.key, tap.id('B', 'restaurant'))),
              CASE WHEN p.may_update THEN '0 rows' ELSE '42501 denied' END, p.label || 'A updates nothing of B')
FROM pair p ORDER BY p.role, p.name;
SELECT tap.is(tap.attempt(p.role, 'past', format('UPDATE public.%I AS t SET %I = t.%2$I', p.name, p.touch)),
              CASE WHEN p.may_update THEN '0 rows' ELSE '42501 denied' END, p.label || 'without a tenant nothing is updated')
FROM pair p ORDER BY p.role, p.name;
-- What is only ever added to is refused by its guard, for being A's own.
SELECT tap.is(x.fate, CASE WHEN NOT p.may_update THEN '42501 denied' WHEN x.fate = 'OZ001' THEN 'OZ001' ELSE p.rows_a || ' rows' END,
              p.label || 'A''s update of everything reaches its own')
FROM pair p
CROSS JOIN LATERAL (SELECT tap.attempt(p.role, 'A', format('UPDATE public.%I AS t SET %I = t.%2$I', p.name, p.touch))) AS x (fate)
ORDER BY p.role, p.name;
-- Without a WHERE, which would put the policy for reading in the way too.
SELECT tap.ok(x.fate = CASE WHEN p.may_move THEN '42501 policy' ELSE '42501 denied' END
              OR (p.may_move AND x.fate = 'OZ001'), p.label || 'A moves nothing to B: ' || x.fate)
FROM pair p
CROSS JOIN LATERAL (SELECT tap.attempt(p.role, 'A', format('UPDATE public.%I SET %I = %L', p.name, p.key, tap.id('B', 'restaurant')))) AS x (fate)
ORDER BY p.role, p.name;

-- Deleting.

SELECT tap.is(tap.attempt(p.role, 'A', format('DELETE FROM public.%I AS t WHERE t.%I = %L', p.name, p.key, tap.id('B', 'restaurant'))),
              CASE WHEN p.may_delete THEN '0 rows' ELSE '42501 denied' END, p.label || 'A deletes nothing of B')
FROM pair p ORDER BY p.role, p.name;
SELECT tap.is(tap.attempt(p.role, 'past', format('DELETE FROM public.%I', p.name)),
              CASE WHEN p.may_delete THEN '0 rows' ELSE '42501 denied' END, p.label || 'without a tenant nothing is deleted')
FROM pair p ORDER BY p.role, p.name;

-- Nothing points across tenants, whoever writes it. What is looked at when a
-- transaction commits is looked at here at once.
SET CONSTRAINTS ALL IMMEDIATE;
SELECT tap.is(c.straight || ' / ' || c.crossed, 'inserted / 23503 by it', c.name || ' cannot point at a row of B')
FROM tap.crossings() c;

-- What each role is for.

CREATE FUNCTION tap.granted(role text, privileges text[]) RETURNS SETOF text
LANGUAGE sql AS $$
  SELECT DISTINCT c.relname || ' ' || p.privilege
  FROM pg_catalog.pg_class c
  CROSS JOIN unnest(privileges) AS p (privilege)
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
    AND CASE WHEN p.privilege IN ('DELETE', 'TRUNCATE', 'TRIGGER') THEN has_table_privilege(role, c.oid, p.privilege)
             ELSE has_any_column_privilege(role, c.oid, p.privilege) END
$$;

SELECT tap.is_empty($$ SELECT tap.granted(r.role, ARRAY['TRUNCATE', 'TRIGGER', 'REFERENCES'])
                       FROM (VALUES ('orderzap_app'), ('orderzap_sync'), ('orderzap_relay'), ('orderzap_cleanup')) AS r (role) $$,
                    'no role may truncate, or hang triggers or references on a table');
SELECT tap.is_empty($$ SELECT g FROM tap.granted('orderzap_sync', ARRAY['INSERT', 'UPDATE', 'DELETE']) AS g (g)
                       WHERE g NOT LIKE 'sync\_logs %' AND g <> 'sync_state UPDATE' $$,
                    'the sync writes nothing but its outbox and how it stands');
SELECT tap.is_empty($$ SELECT g FROM tap.granted('orderzap_sync', ARRAY['SELECT']) AS g (g)
                       WHERE split_part(g, ' ', 1) IN ('staff', 'refresh_tokens', 'idempotency_keys', 'qr_codes',
                                                       'payment_intents', 'payment_intent_allocations', 'payment_providers',
                                                       'payment_events', 'sync_queue', 'session_activity_log') $$,
                    'the sync reads no passwords, tokens, keys or codes');
SELECT tap.is_empty($$ SELECT g FROM tap.granted('orderzap_relay', ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS g (g)
                       WHERE g NOT LIKE 'events %' AND g <> 'slugs SELECT' $$,
                    'the relay touches nothing but the events');
SELECT tap.bag_eq($$ SELECT g FROM tap.granted('orderzap_cleanup', ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS g (g) $$,
                  ARRAY['sync_state SELECT', 'sync_state UPDATE'],
                  'the cleanup touches no table but the note of when the mirror was reaped');
SELECT tap.bag_eq($$ SELECT p.proname::text FROM pg_catalog.pg_proc p
                     WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
                       AND has_function_privilege('orderzap_cleanup', p.oid, 'EXECUTE') $$,
                  ARRAY['sessions_expire', 'intents_expire', 'idempotency_cleanup', 'tickets_cleanup', 'outbox_cleanup',
                        'refresh_cleanup', 'door_addresses_cleanup', 'counters_cleanup', 'days_close'],
                  'of what looks over all restaurants the cleanup may call what removes or ends what has expired');
SELECT tap.is_empty($$ SELECT r.role, p.proname FROM pg_catalog.pg_proc p
                       CROSS JOIN (VALUES ('orderzap_app'), ('orderzap_sync'), ('orderzap_relay')) AS r (role)
                       WHERE p.pronamespace = 'public'::regnamespace AND has_function_privilege('orderzap_cleanup', p.oid, 'EXECUTE')
                         AND p.prosecdef AND has_function_privilege(r.role, p.oid, 'EXECUTE') $$,
                    'and nobody else may');
SELECT tap.is_empty($$ SELECT g FROM tap.granted('orderzap_app', ARRAY['INSERT', 'UPDATE', 'DELETE']) AS g (g)
                       WHERE g LIKE 'slugs %' OR g LIKE 'schema\_migrations %' OR g IN ('restaurants INSERT', 'restaurants DELETE') $$,
                    'the workers make and remove no restaurants');
SELECT tap.is_empty($$ SELECT g FROM tap.granted('orderzap_app', ARRAY['DELETE']) AS g (g)
                       WHERE split_part(g, ' ', 1) IN ('orders', 'order_items', 'order_item_customizations', 'payments', 'refunds',
                         'order_status_history', 'session_activity_log', 'events', 'sync_logs', 'payment_allocations',
                         'payment_intents', 'payment_intent_allocations', 'payment_events', 'order_adjustments', 'allocation_moves',
                         'shares', 'business_days', 'day_sales', 'receipts', 'receipt_orders', 'receipt_counters') $$,
                    'the workers delete nothing that was ordered, paid, recorded or queued');

SELECT tap.is(tap.attempt(x.role, 'A', replace(x.statement, '%A', quote_literal(tap.id('A', 'restaurant')))), x.expected,
              x.role || ': ' || x.statement)
FROM (VALUES
  ('orderzap_app', 'SELECT count(*) FROM public.slugs s WHERE s.slug IN (''tap-a'', ''tap-b'')', '2'),
  ('orderzap_app', 'INSERT INTO public.slugs VALUES (''tap-c'', %A)', '42501 denied'),
  ('orderzap_app', 'UPDATE public.slugs SET restaurant_id = %A', '42501 denied'),
  ('orderzap_app', 'UPDATE public.restaurants SET menu_version = menu_version + 1 WHERE id = %A', '1 rows'),
  ('orderzap_app', 'UPDATE public.orders SET status = ''confirmed'' WHERE restaurant_id = %A', '1 rows'),
  ('orderzap_app', 'UPDATE public.orders SET total_amount = 0 WHERE restaurant_id = %A', '42501 denied'),
  ('orderzap_app', 'UPDATE public.order_items SET status = ''ready'' WHERE restaurant_id = %A', '1 rows'),
  ('orderzap_app', 'UPDATE public.order_items SET price = 0 WHERE restaurant_id = %A', '42501 denied'),
  ('orderzap_app', 'UPDATE public.payments SET amount = 1 WHERE restaurant_id = %A', '42501 denied'),
  ('orderzap_app', 'UPDATE public.payments SET refunded_amount = 1 WHERE restaurant_id = %A', '1 rows'),
  ('orderzap_app', 'UPDATE public.payments SET flag = ''overpaid'' WHERE restaurant_id = %A', '42501 denied'),
  ('orderzap_app', 'UPDATE public.payment_allocations SET refunded_amount = 1 WHERE restaurant_id = %A', '1 rows'),
  ('orderzap_app', 'UPDATE public.payment_allocations SET amount = 1500 WHERE restaurant_id = %A', '1 rows'),
  ('orderzap_app', 'UPDATE public.payment_allocations SET order_id = order_id WHERE restaurant_id = %A', '42501 denied'),
  ('orderzap_app', 'UPDATE public.allocation_moves SET amount = 1 WHERE restaurant_id = %A', '42501 denied'),
  ('orderzap_app', 'UPDATE public.receipts SET total_amount = 0 WHERE restaurant_id = %A', '42501 denied'),
  ('orderzap_app', 'UPDATE public.receipts SET printed_at = now() WHERE restaurant_id = %A', '2 rows'),
  ('orderzap_app', 'UPDATE public.receipt_orders SET covers = ''part'' WHERE restaurant_id = %A', '42501 denied'),
  ('orderzap_app', 'UPDATE public.order_adjustments SET total_amount = 0 WHERE restaurant_id = %A', '42501 denied'),
  ('orderzap_app', 'UPDATE public.payment_intent_allocations SET amount = 1 WHERE restaurant_id = %A', '42501 denied'),
  ('orderzap_app', 'UPDATE public.payment_events SET amount = 1 WHERE restaurant_id = %A', '42501 denied'),
  ('orderzap_app', 'DELETE FROM public.payment_providers WHERE restaurant_id = %A', '1 rows'),
  ('orderzap_sync', 'SELECT count(*) FROM public.payment_allocations a WHERE a.restaurant_id = %A', '1'),
  ('orderzap_sync', 'SELECT count(*) FROM public.payment_providers', '42501 denied'),
  ('orderzap_app', 'UPDATE public.refunds SET amount = 1 WHERE restaurant_id = %A', '1 rows'),
  ('orderzap_app', 'UPDATE public.refunds SET credit_amount = 1 WHERE restaurant_id = %A', '42501 denied'),
  ('orderzap_app', 'UPDATE public.events SET type = ''x'' WHERE restaurant_id = %A', '42501 denied'),
  ('orderzap_app', 'UPDATE public.idempotency_keys SET answer = ''{}'' WHERE restaurant_id = %A', '1 rows'),
  ('orderzap_app', 'DELETE FROM public.orders WHERE restaurant_id = %A', '42501 denied'),
  ('orderzap_app', 'TRUNCATE public.order_counters', '42501 denied'),
  ('orderzap_app', 'ALTER TABLE public.orders DISABLE ROW LEVEL SECURITY', '42501 must be owner of table orders'),
  ('orderzap_app', 'DROP POLICY tenant ON public.orders', '42501 must be owner of relation orders'),
  ('orderzap_app', 'CREATE TABLE public.mine (n integer)', '42501 denied'),
  ('orderzap_app', 'DO $do$ BEGIN SET LOCAL row_security = off; PERFORM count(*) FROM public.orders; END $do$', '42501 policy'),
  ('orderzap_sync', 'SELECT count(*) > 0 FROM public.sync_logs l WHERE l.restaurant_id = %A', 'true'),
  ('orderzap_sync', 'SELECT count(*) FROM public.orders o WHERE o.restaurant_id = %A', '1'),
  ('orderzap_sync', 'SELECT (public.order_json(o.restaurant_id, o.id) ->> ''id'') = o.id::text FROM public.orders o', 'true'),
  ('orderzap_sync', 'SELECT l.entity_id FROM public.sync_logs l WHERE l.restaurant_id = %A AND l.entity_type = ''order'' FOR UPDATE SKIP LOCKED', tap.id('A', 'order')::text),
  ('orderzap_sync', 'UPDATE public.sync_logs SET convex_sync_status = ''synced'' WHERE restaurant_id = %A AND entity_type = ''order''', '1 rows'),
  ('orderzap_sync', 'DELETE FROM public.sync_logs WHERE restaurant_id = %A AND entity_type = ''order''', '1 rows'),
  ('orderzap_sync', 'INSERT INTO public.sync_logs (restaurant_id, entity_type, entity_id, entity_version, next_attempt_at, created_at) VALUES (%A, ''table'', gen_random_uuid(), 1, now(), now())', '1 rows'),
  ('orderzap_sync', 'INSERT INTO public.orders (restaurant_id) VALUES (%A)', '42501 denied'),
  ('orderzap_sync', 'UPDATE public.orders SET status = ''confirmed''', '42501 denied'),
  ('orderzap_sync', 'DELETE FROM public.orders', '42501 denied'),
  ('orderzap_sync', 'SELECT count(*) FROM public.staff', '42501 denied'),
  ('orderzap_sync', 'SELECT count(*) FROM public.refresh_tokens', '42501 denied'),
  ('orderzap_sync', 'SELECT count(*) FROM public.idempotency_keys', '42501 denied'),
  ('orderzap_sync', 'SELECT count(*) FROM public.events', '42501 denied'),
  ('orderzap_relay', 'SELECT count(*) FROM public.events e WHERE e.restaurant_id = %A', '1'),
  ('orderzap_relay', 'DELETE FROM public.events WHERE restaurant_id = %A', '1 rows'),
  ('orderzap_relay', 'INSERT INTO public.events (restaurant_id) VALUES (%A)', '42501 denied'),
  ('orderzap_relay', 'UPDATE public.events SET resource = ''{}''', '42501 denied'),
  ('orderzap_relay', 'SELECT count(*) FROM public.orders', '42501 denied'),
  ('orderzap_relay', 'SELECT count(*) FROM public.staff', '42501 denied'),
  ('orderzap_relay', 'SELECT count(*) FROM public.sync_logs', '42501 denied'),
  ('orderzap_relay', 'SELECT count(*) FROM public.restaurants', '42501 denied'),
  ('orderzap_cleanup', 'SELECT count(*) FROM public.sessions', '42501 denied'),
  ('orderzap_cleanup', 'UPDATE public.sync_state SET halted_because = ''x''', '42501 denied'),
  ('orderzap_cleanup', 'UPDATE public.sync_state SET reaped_at = now() WHERE name = ''convex''', '1 rows'),
  ('orderzap_cleanup', 'DELETE FROM public.refresh_tokens', '42501 denied'),
  ('orderzap_cleanup', 'SELECT public.relay_cleanup()', '42501 denied'),
  ('orderzap_cleanup', 'SELECT public.sync_due()', '42501 denied'),
  ('orderzap_cleanup', 'SELECT public.refresh_cleanup(10)', '0'),
  ('orderzap_cleanup', 'SELECT public.door_addresses_cleanup(10)', '0'),
  ('orderzap_app', 'SELECT public.sessions_expire(10)', '42501 denied'),
  ('orderzap_app', 'SELECT public.days_close(1)', '42501 denied'),
  ('orderzap_cleanup', 'SELECT public.close_day(%A, ''2030-01-01'', NULL, true)', '42501 denied')
) AS x (role, statement, expected);

SELECT * FROM tap.finish();
ROLLBACK;
