-- What was ordered, paid and recorded stays as it was, whoever writes; and
-- the version counts the changes.
BEGIN;
CREATE SCHEMA IF NOT EXISTS tap;
CREATE EXTENSION IF NOT EXISTS pgtap SCHEMA tap;
SET LOCAL search_path = tap, public;
SET LOCAL client_min_messages = warning;

\ir fixture.sql
\ir attempt.sql

-- A domain's own type.
CREATE FUNCTION tap.base(type regtype) RETURNS regtype
LANGUAGE sql STABLE AS $$
  SELECT coalesce(nullif(t.typbasetype, 0), t.oid)::regtype FROM pg_catalog.pg_type t WHERE t.oid = type
$$;

-- An expression of a column's type that differs from what is in it.
CREATE FUNCTION tap.other(relation text, name text, type regtype) RETURNS text
LANGUAGE sql AS $$
  SELECT CASE
    WHEN relation = 'refunds' AND name = 'status' THEN quote_literal('failed')
    WHEN name = 'status' THEN quote_literal('preparing')
    WHEN name = 'payment_status' THEN quote_literal('paid')
    WHEN name IN ('session_id', 'table_id') THEN 'NULL'
    -- A domain takes but what is one of its own.
    WHEN name = 'currency' THEN quote_literal('USD')
    WHEN name = 'order_type' THEN quote_literal('takeaway')
    WHEN name IN ('payment_method', 'method') THEN quote_literal('other')
    WHEN name = 'actor_role' THEN quote_literal('system')
    WHEN type = 'uuid'::regtype THEN quote_literal(tap.id('A', 'nothing'))
    WHEN type = 'text'::regtype THEN format('coalesce(t.%I, '''') || ''x''', name)
    WHEN type IN ('bigint'::regtype, 'integer'::regtype, 'smallint'::regtype) THEN format('coalesce(t.%I, 0) + 1', name)
    WHEN type = 'boolean'::regtype THEN format('NOT coalesce(t.%I, false)', name)
    WHEN type IN ('jsonb'::regtype, 'json'::regtype) THEN '''[1]'''
    WHEN type = 'xid8'::regtype THEN '''7'''
    WHEN type = 'date'::regtype THEN format('t.%I + 1', name)
    WHEN type = 'timestamptz'::regtype THEN format('coalesce(t.%I, now()) + interval ''1 day''', name)
  END
$$;

CREATE FUNCTION tap.row_of(relation text, key text, row_id uuid) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
  answer jsonb;
BEGIN
  EXECUTE format('SELECT to_jsonb(t) FROM public.%I t WHERE t.%I = $1', relation, key) INTO answer USING row_id;
  RETURN answer;
END
$$;

-- The state of a row after a statement as orderzap_owner, which passes over
-- row-level security and grants; then all is undone.
CREATE FUNCTION tap.after(statement text, relation text, row_id uuid, expression text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  answer text;
BEGIN
  SET LOCAL ROLE orderzap_owner;
  EXECUTE statement;
  EXECUTE format('SELECT (%s)::text FROM public.%I t WHERE t.id = $1', expression, relation) INTO answer USING row_id;
  RAISE EXCEPTION USING ERRCODE = 'TAP00', MESSAGE = coalesce(answer, 'null');
EXCEPTION
  WHEN SQLSTATE 'TAP00' THEN RETURN SQLERRM;
  WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM;
END
$$;

DO $$ BEGIN PERFORM tap.fixture('A'); PERFORM tap.fixture('B'); END $$;

-- The guarded tables, A's row in each by a column, and the columns that may change.
CREATE TEMPORARY TABLE guarded (relation text, key text, row_id uuid, free text[]);
INSERT INTO guarded VALUES
  ('orders', 'id', tap.id('A', 'order'), ARRAY['status', 'payment_status', 'version', 'updated_at', 'deleted_at', 'table_id', 'session_id',
                                              'standing', 'standing_total']),
  ('order_items', 'id', tap.id('A', 'line'), ARRAY['status', 'voided_quantity', 'version', 'updated_at']),
  ('payments', 'id', tap.id('A', 'payment'), ARRAY['version', 'updated_at', 'session_id', 'refunded_amount', 'refunded_tip_amount',
                                                  'voided_at', 'voided_by', 'void_reason']),
  ('payment_allocations', 'payment_id', tap.id('A', 'payment'), ARRAY['amount', 'refunded_amount']),
  ('refunds', 'id', tap.id('A', 'refund'), ARRAY['status', 'amount', 'tip_amount', 'flag', 'rounding_amount', 'business_date']),
  ('receipts', 'id', tap.id('A', 'receipt'), ARRAY['printed_at', 'version', 'updated_at']);

CREATE TEMPORARY TABLE guarded_column AS
SELECT g.relation, g.key, g.row_id, a.attname::text AS name, a.attname = ANY (g.free) AS is_free,
  tap.row_of(g.relation, g.key, g.row_id) -> a.attname <> 'null' AS is_filled,
  format('UPDATE public.%I AS t SET %I = %s WHERE t.%I = %L', g.relation, a.attname,
         tap.other(g.relation, a.attname, tap.base(a.atttypid)), g.key, g.row_id) AS change
FROM guarded g
JOIN pg_catalog.pg_attribute a ON a.attrelid = ('public.' || g.relation)::regclass AND a.attnum > 0 AND NOT a.attisdropped;

-- What is only ever added to.
CREATE TEMPORARY TABLE added (relation text, key text, row_id uuid);
INSERT INTO added VALUES
  ('payment_intent_allocations', 'intent_id', tap.id('A', 'intent')),
  ('payment_events', 'payment_id', tap.id('A', 'payment')),
  ('order_item_customizations', 'id', tap.id('A', 'customization')),
  ('order_adjustments', 'id', tap.id('A', 'adjustment')),
  ('allocation_moves', 'id', tap.id('A', 'allocation move')),
  ('business_days', 'id', tap.id('A', 'day')),
  ('drawer_movements', 'id', tap.id('A', 'movement')),
  ('shift_notes', 'id', tap.id('A', 'shift note')),
  ('receipt_orders', 'receipt_id', tap.id('A', 'receipt')),
  ('order_status_history', 'id', tap.id('A', 'history')),
  ('session_activity_log', 'id', tap.id('A', 'activity'));
CREATE TEMPORARY TABLE added_column AS
SELECT d.relation, a.attname::text AS name,
  format('UPDATE public.%I AS t SET %I = %s WHERE t.%I = %L', d.relation, a.attname,
         tap.other(d.relation, a.attname, tap.base(a.atttypid)), d.key, d.row_id) AS change
FROM added d
JOIN pg_catalog.pg_attribute a ON a.attrelid = ('public.' || d.relation)::regclass AND a.attnum > 0 AND NOT a.attisdropped;

-- Every table with a version, A's row in it, and a change that clients see.
CREATE TEMPORARY TABLE versioned (relation text, row_id uuid, change text);
INSERT INTO versioned VALUES
  ('restaurants', tap.id('A', 'restaurant'), 'is_open = false'),
  ('staff', tap.id('A', 'staff'), 'role = ''manager'''),
  ('tables', tap.id('A', 'table'), 'seats = 6'),
  ('sessions', tap.id('A', 'session'), 'expires_at = now() + interval ''9 hours'''),
  ('service_calls', tap.id('A', 'call'), 'message = ''ice'''),
  ('menu_categories', tap.id('A', 'category'), 'position = 3'),
  ('menu_items', tap.id('A', 'item'), 'price = 1100'),
  ('menu_item_options', tap.id('A', 'option'), 'name = ''Sizes'''),
  ('menu_item_option_values', tap.id('A', 'value'), 'is_available = false'),
  ('orders', tap.id('A', 'order'), 'status = ''confirmed'', payment_status = ''paid'''),
  ('order_items', tap.id('A', 'line'), 'status = ''ready'''),
  ('payment_intents', tap.id('A', 'intent'), 'status = ''captured'''),
  ('payments', tap.id('A', 'payment'), 'updated_at = now()'),
  ('receipts', tap.id('A', 'receipt'), 'printed_at = now()');
-- So that a time that was set can be told from one that was there before.
SET LOCAL session_replication_role = replica;
DO $$
DECLARE
  v record;
BEGIN
  FOR v IN SELECT * FROM versioned LOOP
    EXECUTE format('UPDATE public.%I SET version = 41, updated_at = ''2020-01-01'' WHERE id = %L', v.relation, v.row_id);
  END LOOP;
END
$$;
SET LOCAL session_replication_role = origin;

SELECT plan((SELECT count(*)::integer * 2 + count(*) FILTER (WHERE is_filled AND NOT is_free)::integer FROM guarded_column)
            + (SELECT count(*)::integer FROM added_column)
            + 3 * ((SELECT count(*)::integer FROM guarded) + (SELECT count(*)::integer FROM added))
            + 14 * 4 + 1
            + 6 + 3 + 3 + 1);

-- Columns of orders, their lines and payments.

SELECT tap.is(tap.attempt('orderzap_owner', c.change), CASE WHEN c.is_free THEN '1 rows' ELSE 'OZ001' END,
              c.relation || '.' || c.name || CASE WHEN c.is_free THEN ' may change' ELSE ' may not change, even by the owner' END)
FROM guarded_column c ORDER BY c.relation, c.name;
SELECT tap.is(tap.attempt('orderzap_owner', format('UPDATE public.%I SET %I = NULL WHERE %I = %L', c.relation, c.name, c.key, c.row_id)),
              'OZ001', c.relation || '.' || c.name || ' may not be taken away')
FROM guarded_column c WHERE c.is_filled AND NOT c.is_free ORDER BY c.relation, c.name;
-- Nobody but the triggers needs to write a payment's or a receipt's version and time.
SELECT tap.ok(x.fate = ANY (CASE WHEN NOT c.is_free THEN ARRAY['42501', 'OZ001']
                                 WHEN c.relation IN ('payments', 'receipts') THEN ARRAY['1 rows', '42501']
                                 ELSE ARRAY['1 rows'] END),
              c.relation || '.' || c.name || ' as orderzap_app: ' || x.fate)
FROM guarded_column c
CROSS JOIN LATERAL (SELECT tap.attempt('orderzap_app', c.change)) AS x (fate)
ORDER BY c.relation, c.name;

SELECT tap.is(tap.attempt('orderzap_owner', c.change), 'OZ001', c.relation || '.' || c.name || ' may not change')
FROM added_column c ORDER BY c.relation, c.name;

-- Several columns at once: one that is free does not open the others.

SELECT tap.is(tap.attempt('orderzap_owner', format('UPDATE public.orders SET status = ''confirmed'', total_amount = 2208, tip_amount = 11 WHERE id = %L', tap.id('A', 'order'))),
              'OZ001', 'orders: a free column beside a guarded one');
SELECT tap.is(tap.attempt('orderzap_owner', format('UPDATE public.orders SET (restaurant_id, table_id, session_id, diner_id, staff_id) = (%L, NULL, NULL, NULL, NULL) WHERE id = %L', tap.id('B', 'restaurant'), tap.id('A', 'order'))),
              'OZ001', 'orders: not to another restaurant, even by the owner');
SELECT tap.is(tap.attempt('orderzap_app', format('INSERT INTO public.orders AS o SELECT * FROM public.orders WHERE id = %L ON CONFLICT (restaurant_id, id) DO UPDATE SET tip_amount = 0', tap.id('A', 'order'))),
              '42501', 'orders: not by ON CONFLICT DO UPDATE either');
SELECT tap.is(tap.attempt('orderzap_owner', format('INSERT INTO public.orders AS o SELECT * FROM public.orders WHERE id = %L ON CONFLICT (restaurant_id, id) DO UPDATE SET tip_amount = 0', tap.id('A', 'order'))),
              'OZ001', 'orders: nor by the owner''s');
SELECT tap.is(tap.attempt('orderzap_app', format('UPDATE public.orders SET status = ''confirmed'' WHERE id = %L', tap.id('A', 'order'))),
              '1 rows', 'orders: orderzap_app moves the status alone');

SELECT tap.is(tap.attempt('orderzap_owner', format('DO $do$ BEGIN UPDATE public.refunds SET status = ''done'' WHERE id = %1$L; UPDATE public.refunds SET flag = ''amount_differs'' WHERE id = %1$L; END $do$', tap.id('A', 'refund'))),
              'OZ001', 'refunds: one that is done stays as it is');

SELECT tap.is(tap.attempt('orderzap_app', format('DO $do$ BEGIN UPDATE public.receipts SET printed_at = now() WHERE id = %1$L; UPDATE public.receipts SET printed_at = NULL WHERE id = %1$L; END $do$', tap.id('A', 'receipt'))),
              'OZ001', 'receipts: one is printed once');
SELECT tap.is(tap.attempt('orderzap_owner', format('INSERT INTO public.receipt_orders SELECT restaurant_id, %L, order_id, ''order'' FROM public.receipt_orders WHERE receipt_id = %L', tap.id('A', 'credit note'), tap.id('A', 'receipt'))),
              '23505', 'receipt_orders: an order has one receipt');
SELECT tap.is(tap.attempt('orderzap_owner', format('UPDATE public.receipt_counters SET last_number = 0 WHERE restaurant_id = %L', tap.id('A', 'restaurant'))),
              '23514', 'receipt_counters: numbers begin with one');

-- Nothing is deleted.

SELECT tap.is(tap.attempt('orderzap_owner', format('DELETE FROM public.%I WHERE %I = %L', d.relation, d.key, d.row_id)), 'OZ001',
              d.relation || ': the owner deletes nothing')
FROM (SELECT g.relation, g.key, g.row_id FROM guarded g UNION ALL SELECT a.relation, a.key, a.row_id FROM added a) AS d;
SELECT tap.is(tap.attempt('orderzap_app', format('DELETE FROM public.%I WHERE %I = %L', d.relation, d.key, d.row_id)), '42501',
              d.relation || ': orderzap_app deletes nothing')
FROM (SELECT g.relation, g.key, g.row_id FROM guarded g UNION ALL SELECT a.relation, a.key, a.row_id FROM added a) AS d;
SELECT tap.is(tap.attempt('orderzap_app', format('TRUNCATE public.%I CASCADE', d.relation)), '42501',
              d.relation || ': orderzap_app truncates nothing')
FROM (SELECT g.relation FROM guarded g UNION ALL SELECT a.relation FROM added a) AS d;

-- Versions.

SELECT tap.set_eq(
  $$ SELECT c.relname::text FROM pg_catalog.pg_class c
     JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = 'version'
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') $$,
  $$ SELECT v.relation FROM versioned v UNION VALUES ('business_days'), ('drawers') $$,
  'every table with a version is tried, but for closed days, which never change, and drawers (drawers.test.sql)');
SELECT tap.is(tap.after(format('UPDATE public.%I SET %s WHERE id = %L', v.relation, v.change, v.row_id), v.relation, v.row_id, 't.version'),
              '42', v.relation || ': a change raises the version by one')
FROM versioned v;
SELECT tap.is(tap.after(format('UPDATE public.%I SET %s WHERE id = %L', v.relation, v.change, v.row_id), v.relation, v.row_id,
                        't.updated_at = now()'),
              'true', v.relation || ': a change sets the time')
FROM versioned v;
SELECT tap.is(tap.after(format('UPDATE public.%I SET %s, version = 99 WHERE id = %L', v.relation, v.change, v.row_id),
                        v.relation, v.row_id, 't.version'),
              '42', v.relation || ': nobody sets the version along with a change')
FROM versioned v;
SELECT tap.ok(x.version IN ('41', '42'), v.relation || ': nobody sets the version alone: 41 to ' || x.version)
FROM versioned v
CROSS JOIN LATERAL (SELECT tap.after(format('UPDATE public.%I SET version = 99 WHERE id = %L', v.relation, v.row_id),
                                     v.relation, v.row_id, 't.version')) AS x (version);

SELECT tap.is(tap.after(format('UPDATE public.orders SET status = ''confirmed'', updated_at = ''2000-01-01'' WHERE id = %L', tap.id('A', 'order')),
                        'orders', tap.id('A', 'order'), 't.updated_at = now()'),
              'true', 'orders: nobody sets the time of a change');
SELECT tap.is(tap.after(format('UPDATE public.orders SET status = ''confirmed'' WHERE id = %L', tap.id('A', 'order')),
                        'orders', tap.id('B', 'order'), 't.version'),
              '1', 'orders: another row''s version stays');
SELECT tap.is(tap.after(format('DO $do$ BEGIN UPDATE public.orders SET status = ''confirmed'' WHERE id = %1$L; UPDATE public.orders SET status = ''preparing'' WHERE id = %1$L; END $do$', tap.id('A', 'order')),
                        'orders', tap.id('A', 'order'), 't.version'),
              '43', 'orders: two changes in a transaction raise it by two');

-- What clients do not see changes no version and no time.

SELECT tap.is(tap.after(format('UPDATE public.%I SET %s WHERE id = %L', x.relation, x.change, x.row_id), x.relation, x.row_id,
                        't.version || '' '' || (t.updated_at = ''2020-01-01'') || '' '' || ' || x.proof),
              '41 true true', x.relation || ': ' || x.change || ' raises no version')
FROM (VALUES
  ('restaurants', tap.id('A', 'restaurant'), 'menu_version = menu_version + 1', '(t.menu_version = 2)'))
  AS x (relation, row_id, change, proof);

SELECT * FROM tap.finish();
ROLLBACK;
