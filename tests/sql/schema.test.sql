-- The schema: tables, indexes, roles, row-level security switched on, and
-- every constraint tried with a row that it must refuse.
BEGIN;
CREATE SCHEMA IF NOT EXISTS tap;
CREATE EXTENSION IF NOT EXISTS pgtap SCHEMA tap;
SET LOCAL search_path = tap, public;
SET LOCAL client_min_messages = warning;
-- As a program says it that has a mirror: the outbox has its rows.
SET LOCAL orderzap.mirror = on;
SELECT plan(492);

\ir fixture.sql

-- What becomes of a row: 'inserted', or the SQLSTATE and the constraint that
-- refused it. Nothing stays. With `instead` the row takes the place of the
-- original, so that unique keys do not speak first.
CREATE FUNCTION tap.fate(relation text, original jsonb, changes jsonb, instead boolean) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  state text;
  refused_by text;
BEGIN
  IF instead THEN
    SET LOCAL session_replication_role = replica;
    EXECUTE format('DELETE FROM public.%I t WHERE to_jsonb(t) = $1', relation) USING original;
    SET LOCAL session_replication_role = origin;
  END IF;
  EXECUTE format('INSERT INTO public.%1$I SELECT (jsonb_populate_record(NULL::public.%1$I, $1)).*', relation)
    USING original || changes;
  RAISE EXCEPTION 'undo' USING ERRCODE = 'TAP00';
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, refused_by = CONSTRAINT_NAME;
  RETURN CASE state WHEN 'TAP00' THEN 'inserted' ELSE trim(state || ' ' || refused_by) END;
END
$$;

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

CREATE FUNCTION tap.repeated(n integer) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$ SELECT to_jsonb(repeat('x', n)) $$;

CREATE VIEW tap.relation AS
  SELECT c.oid, c.relname::text AS name, c.relowner::regrole::text AS owner, c.relrowsecurity, c.relforcerowsecurity
  FROM pg_catalog.pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p');

DO $$ BEGIN PERFORM tap.fixture('A'); PERFORM tap.fixture('B'); END $$;

-- Tables.

SELECT tap.has_table('public', t.name, 'table ' || t.name)
FROM unnest(ARRAY[
  'restaurants', 'tables', 'qr_codes', 'sessions', 'users', 'menu_categories', 'menu_items', 'menu_item_options',
  'menu_item_option_values', 'orders', 'order_items', 'order_item_customizations', 'payments',
  'order_status_history', 'session_activity_log', 'sync_queue', 'sync_logs', 'slugs', 'staff', 'refresh_tokens',
  'refunds', 'payment_intents', 'payment_providers', 'payment_intent_allocations', 'payment_allocations',
  'payment_events', 'idempotency_keys', 'order_counters', 'service_calls', 'events', 'event_tickets', 'live_channels', 'closed_channels', 'door_addresses', 'schema_migrations', 'sync_state',
  'order_adjustments', 'allocation_moves', 'shares', 'business_days', 'day_sales', 'drawers', 'drawer_movements', 'shift_notes', 'receipts', 'receipt_orders', 'receipt_counters']) AS t (name);

SELECT tap.is_empty($$
  SELECT r.name FROM tap.relation r
  JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum = 1
  WHERE r.name NOT IN ('restaurants', 'slugs', 'schema_migrations', 'sync_state')
    AND (a.attname <> 'restaurant_id' OR a.atttypid <> 'uuid'::regtype OR NOT a.attnotnull)
  $$, 'the first column of every tenant table is restaurant_id uuid NOT NULL');

SELECT tap.is_empty($$
  SELECT r.name, a.attname FROM tap.relation r
  JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE a.atttypid IN ('timestamp'::regtype, 'timetz'::regtype, 'real'::regtype, 'double precision'::regtype,
                       'numeric'::regtype, 'money'::regtype)
  $$, 'times carry a zone, and no column is a floating or decimal number');

SELECT tap.is_empty($$
  SELECT r.name, a.attname FROM tap.relation r
  JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE (a.attname ~ '(^|_)(amount|price|total|subtotal)$' OR a.attname IN ('price_modifier', 'deposit_used'))
    AND a.atttypid <> 'bigint'::regtype
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_type t WHERE t.oid = a.atttypid AND t.typbasetype = 'bigint'::regtype)
  $$, 'money is bigint');

-- Indexes.

SELECT tap.is(
  (SELECT i.indrelid::regclass::text || ' (' || string_agg(a.attname, ', ' ORDER BY k.place) || ')'
          || CASE WHEN i.indpred IS NOT NULL THEN ' partial' ELSE '' END
          || CASE WHEN i.indisvalid THEN '' ELSE ' invalid' END
   FROM pg_catalog.pg_index i
   CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
   LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
   WHERE i.indexrelid = to_regclass('public.' || x.name)
   GROUP BY i.indrelid, i.indpred IS NOT NULL, i.indisvalid),
  x.definition, 'index ' || x.name)
FROM (VALUES
  ('idx_sessions_restaurant_status', 'sessions (restaurant_id, status)'),
  ('idx_orders_session_status', 'orders (restaurant_id, session_id, status)'),
  ('idx_menu_items_restaurant_available', 'menu_items (restaurant_id, is_available)')) AS x (name, definition);

-- Roles.

SELECT tap.ok(
  r.rolcanlogin AND NOT (r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls),
  r.rolname || ' logs in and is nothing more')
FROM (VALUES ('orderzap_app'), ('orderzap_sync'), ('orderzap_relay'), ('orderzap_cleanup')) AS wanted (name)
LEFT JOIN pg_catalog.pg_roles r ON r.rolname = wanted.name;

SELECT tap.is_empty(
  format($$ SELECT d.dbid, d.classid::regclass, d.objid FROM pg_catalog.pg_shdepend d
            WHERE d.deptype = 'o' AND d.refclassid = 'pg_authid'::regclass AND d.refobjid = %L::regrole $$, name),
  name || ' owns nothing')
FROM (VALUES ('orderzap_app'), ('orderzap_sync'), ('orderzap_relay'), ('orderzap_cleanup')) AS wanted (name);

SELECT tap.is_empty(
  format($$ SELECT m.roleid::regrole FROM pg_catalog.pg_auth_members m WHERE m.member = %L::regrole $$, name),
  name || ' is a member of no other role')
FROM (VALUES ('orderzap_app'), ('orderzap_sync'), ('orderzap_relay'), ('orderzap_cleanup')) AS wanted (name);

SELECT tap.ok(
  NOT has_schema_privilege(name, 'public', 'CREATE') AND NOT has_database_privilege(name, current_database(), 'CREATE'),
  name || ' creates nothing in the schema or the database')
FROM (VALUES ('orderzap_app'), ('orderzap_sync'), ('orderzap_relay'), ('orderzap_cleanup')) AS wanted (name);

SELECT tap.ok(NOT r.rolsuper AND NOT r.rolcreaterole AND r.rolbypassrls,
              'orderzap_owner is no superuser and bypasses row-level security, for migrations')
FROM pg_catalog.pg_roles r WHERE r.rolname = 'orderzap_owner';
SELECT tap.is_empty($$ SELECT r.name, r.owner FROM tap.relation r WHERE r.owner <> 'orderzap_owner' $$,
                    'orderzap_owner owns every table');
SELECT tap.is_empty($$
  SELECT p.proname, p.proowner::regrole FROM pg_catalog.pg_proc p
  WHERE p.pronamespace = 'public'::regnamespace 
    AND (p.proowner <> 'orderzap_owner'::regrole OR p.prosecdef AND p.proname NOT IN ('relay_cleanup', 'relay_closed', 'relay_ended', 'relay_events', 'sync_due', 'sync_status',
      'sessions_expire', 'intents_expire', 'idempotency_cleanup', 'tickets_cleanup', 'outbox_cleanup', 'refresh_cleanup', 'door_addresses_cleanup', 'counters_cleanup', 'days_close'))
  $$, 'orderzap_owner owns every function, and only those that look over all restaurants run with its rights');
SELECT tap.ok(
  EXISTS (SELECT FROM pg_catalog.pg_db_role_setting s CROSS JOIN LATERAL unnest(s.setconfig) AS c (setting)
          WHERE s.setrole = 'orderzap_app'::regrole AND c.setting LIKE 'plan_cache_mode=%'),
  'plan_cache_mode is a setting of orderzap_app');

-- Row-level security.

SELECT tap.is_empty($$
  SELECT r.name FROM tap.relation r
  WHERE r.name NOT IN ('slugs', 'schema_migrations', 'sync_state') AND NOT (r.relrowsecurity AND r.relforcerowsecurity)
  $$, 'row-level security is enabled and forced on every tenant table');
SELECT tap.is_empty($$
  SELECT r.name FROM tap.relation r WHERE r.name IN ('slugs', 'schema_migrations', 'sync_state') AND r.relrowsecurity
  $$, 'slugs, schema_migrations and sync_state are read before a tenant is known');
SELECT tap.is_empty($$
  SELECT r.name FROM tap.relation r
  WHERE r.name NOT IN ('slugs', 'schema_migrations', 'sync_state')
    AND (SELECT array_agg(p.polcmd::text || p.polpermissive || (p.polroles = '{0}') || (p.polwithcheck IS NOT NULL))
         FROM pg_catalog.pg_policy p WHERE p.polrelid = r.oid) IS DISTINCT FROM ARRAY['*truetruetrue']
  $$, 'every tenant table has one policy: all commands, everybody, with a check');

-- Valid rows, so that a refusal below is for the one thing changed.

SELECT tap.is(tap.fate(r.name, tap.row_of(r.name, 'A'), '{}', true), 'inserted', r.name || ': a valid row')
FROM unnest(ARRAY[
  'restaurants', 'tables', 'qr_codes', 'sessions', 'users', 'menu_categories', 'menu_items', 'menu_item_options',
  'menu_item_option_values', 'orders', 'order_items', 'order_item_customizations', 'payments',
  'order_status_history', 'session_activity_log', 'sync_queue', 'sync_logs', 'slugs', 'staff', 'refresh_tokens',
  'refunds', 'payment_intents', 'payment_providers', 'payment_intent_allocations', 'payment_allocations',
  'payment_events', 'idempotency_keys', 'order_counters', 'service_calls', 'events',
  'order_adjustments', 'allocation_moves', 'shares', 'business_days', 'day_sales', 'drawers', 'drawer_movements', 'shift_notes', 'receipts', 'receipt_orders', 'receipt_counters']) AS r (name);

-- Valid rows at the edges.

SELECT tap.is(tap.fate(e.relation, tap.row_of(e.relation, 'A'), e.changes, true), 'inserted',
              e.relation || ': ' || left(e.changes::text, 80))
FROM (VALUES
  ('restaurants', '{"pin_length": 8, "tax_rate_ppm": 0}'::jsonb),
  ('restaurants', '{"slug": "a-1"}'),
  ('orders', '{"prices_include_tax": true, "total_amount": 2102}'),
  ('orders', '{"tax_amount": 0, "discount_amount": 2107, "total_amount": 0}'),
  ('orders', '{"subtotal": 9007199254740991, "tax_amount": 0, "tip_amount": 0, "discount_amount": 0, "deposit_used": 0, "total_amount": 9007199254740991}'),
  ('order_items', '{"quantity": 99, "subtotal": 103950}'),
  ('order_items', '{"price": 50, "customization_amount": -50, "subtotal": 0}'),
  ('menu_item_option_values', '{"price_modifier": -9007199254740991}'),
  ('payments', '{"amount": 1, "card_brand": "visa", "card_last4": "0042", "method": "card"}'),
  ('payments', '{"order_id": null}'),
  ('payments', '{"amount": 0}'),
  ('payments', '{"session_id": null}'),
  ('payments', '{"refunded_amount": 2207, "flag": "overpaid"}'),
  ('payments', '{"tip_amount": 5, "refunded_tip_amount": 5, "flag": "duplicate_capture"}'),
  ('refunds', '{"amount": 0, "tip_amount": 1}'),
  ('refunds', '{"amount": 0, "rounding_amount": -2}'),
  ('payment_allocations', '{"refunded_amount": 2000}'),
  ('payment_allocations', '{"amount": 0, "refunded_amount": 0}'),
  ('payments', '{"order_id": null, "session_id": null, "purpose": "deposit"}'),
  ('payment_events', '{"status": "failed", "amount": 0, "provider_ref": null, "payment_id": null}'),
  ('payment_providers', jsonb_build_object('provider', repeat('a', 60)))) AS e (relation, changes);

-- Rows that are bad, one fault each.

CREATE TEMPORARY TABLE bad (
  number integer GENERATED ALWAYS AS IDENTITY, relation text NOT NULL, changes jsonb NOT NULL, fate text);
INSERT INTO bad (relation, changes) VALUES
  ('restaurants', '{"slug": "Upper"}'),
  ('restaurants', '{"slug": "two words"}'),
  ('restaurants', '{"slug": "-a"}'),
  ('restaurants', '{"slug": "a-"}'),
  ('restaurants', '{"slug": "a--b"}'),
  ('restaurants', '{"slug": ""}'),
  ('restaurants', '{"slug": "ä"}'),
  ('restaurants', '{"slug": "a/b"}'),
  ('restaurants', jsonb_build_object('slug', tap.repeated(64))),
  ('restaurants', '{"name": ""}'),
  ('restaurants', jsonb_build_object('name', tap.repeated(121))),
  ('restaurants', '{"currency": "inr"}'),
  ('restaurants', '{"currency": "IN"}'),
  ('restaurants', '{"currency": "INRR"}'),
  ('restaurants', '{"currency": ""}'),
  ('restaurants', '{"tax_rate_ppm": -1}'),
  ('restaurants', '{"tax_rate_ppm": 1000001}'),
  ('restaurants', '{"pin_length": 3}'),
  ('restaurants', '{"pin_length": 9}'),
  ('restaurants', '{"session_expiry_minutes": 4}'),
  ('restaurants', '{"session_expiry_minutes": 1441}'),
  ('restaurants', '{"session_opening": "anybody"}'),
  ('slugs', '{"slug": "Bad Slug"}'),
  ('slugs', jsonb_build_object('slug', tap.repeated(64))),
  ('staff', '{"email": "Owner@example.com"}'),
  ('staff', '{"email": "a@"}'),
  ('staff', jsonb_build_object('email', tap.repeated(255))),
  ('staff', '{"display_name": ""}'),
  ('staff', jsonb_build_object('display_name', tap.repeated(121))),
  ('staff', '{"role": "diner"}'),
  ('staff', '{"role": "admin"}'),
  ('tables', '{"name": ""}'),
  ('tables', jsonb_build_object('name', tap.repeated(61))),
  ('tables', '{"seats": 0}'),
  ('tables', '{"seats": 501}'),
  ('tables', '{"zone": ""}'),
  ('tables', jsonb_build_object('zone', tap.repeated(61))),
  ('qr_codes', '{"code": "short"}'),
  ('qr_codes', '{"code": "with spaces in"}'),
  ('qr_codes', jsonb_build_object('code', tap.repeated(65))),
  ('sessions', '{"status": "open", "closed_at": "2030-01-01T00:00:00Z"}'),
  ('sessions', '{"status": "active", "closed_at": "2030-01-01T00:00:00Z"}'),
  ('sessions', '{"status": "closed", "closed_at": null}'),
  ('sessions', '{"status": "expired", "closed_at": null}'),
  ('sessions', '{"opened_by": "manager"}'),
  ('sessions', '{"guest_count": 0}'),
  ('sessions', '{"guest_count": 501}'),
  ('users', '{"display_name": ""}'),
  ('users', jsonb_build_object('display_name', tap.repeated(61))),
  ('session_activity_log', '{"action": ""}'),
  ('session_activity_log', jsonb_build_object('action', tap.repeated(61))),
  ('session_activity_log', '{"actor_role": "admin"}'),
  ('service_calls', '{"kind": "taxi"}'),
  ('closed_channels', '{"kind": "q"}'),
  ('event_tickets', '{"role": "king"}'),
  ('event_tickets', '{"role": "system"}'),
  ('door_addresses', '{"failures": -1}'),
  ('door_addresses', '{"address_hash": "\\x3139322e302e322e31"}'),
  ('service_calls', '{"message": ""}'),
  ('service_calls', jsonb_build_object('message', tap.repeated(501))),
  ('menu_categories', '{"name": ""}'),
  ('menu_categories', jsonb_build_object('name', tap.repeated(121))),
  ('menu_categories', jsonb_build_object('description', tap.repeated(1001))),
  ('menu_items', '{"name": ""}'),
  ('menu_items', jsonb_build_object('name', tap.repeated(121))),
  ('menu_items', jsonb_build_object('description', tap.repeated(1001))),
  ('menu_items', '{"price": -1}'),
  ('menu_items', '{"price": 9007199254740992}'),
  ('menu_items', jsonb_build_object('image_url', tap.repeated(1001))),
  ('menu_items', '{"station": ""}'),
  ('menu_items', jsonb_build_object('station', tap.repeated(61))),
  ('menu_items', '{"item_code": ""}'),
  ('menu_items', jsonb_build_object('item_code', tap.repeated(21))),
  ('menu_items', '{"tax_rate_ppm": -1}'),
  ('menu_items', '{"tax_rate_ppm": 1000001}'),
  ('menu_item_options', '{"name": ""}'),
  ('menu_item_options', jsonb_build_object('name', tap.repeated(121))),
  ('menu_item_options', '{"min_select": -1}'),
  ('menu_item_options', '{"min_select": 0, "max_select": 0}'),
  ('menu_item_options', '{"max_select": 51}'),
  ('menu_item_options', '{"min_select": 2, "max_select": 1}'),
  ('menu_item_option_values', '{"name": ""}'),
  ('menu_item_option_values', jsonb_build_object('name', tap.repeated(121))),
  ('menu_item_option_values', '{"price_modifier": 9007199254740992}'),
  ('menu_item_option_values', '{"price_modifier": -9007199254740992}'),
  ('order_counters', '{"last_number": -1}'),
  ('orders', '{"order_number": 0}'),
  ('orders', '{"order_type": "delivery"}'),
  ('orders', '{"status": "open"}'),
  ('orders', '{"payment_status": "due"}'),
  ('orders', '{"payment_method": "barter"}'),
  ('orders', '{"currency": "inr"}'),
  ('orders', '{"total_amount": 2208}'),
  ('orders', '{"total_amount": 2206}'),
  ('orders', '{"tax_amount": 106}'),
  ('orders', '{"tip_amount": 0}'),
  ('orders', '{"discount_amount": 0}'),
  ('orders', '{"deposit_used": 0}'),
  ('orders', '{"subtotal": 2101}'),
  ('orders', '{"prices_include_tax": true}'),
  ('orders', '{"prices_include_tax": true, "total_amount": 2103}'),
  ('orders', '{"subtotal": -1, "total_amount": 106}'),
  ('orders', '{"tax_amount": -1, "total_amount": 2101}'),
  ('orders', '{"tip_amount": -1, "total_amount": 2196}'),
  ('orders', '{"discount_amount": -1, "total_amount": 2213}'),
  ('orders', '{"deposit_used": -1, "total_amount": 2211}'),
  ('orders', '{"discount_amount": 2213, "total_amount": -1}'),
  ('orders', '{"subtotal": 9007199254740992, "tax_amount": 105, "tip_amount": 10, "discount_amount": 9007199254740991, "deposit_used": 3, "total_amount": 113}'),
  ('orders', '{"subtotal": 2100, "tax_amount": 9007199254740992, "tip_amount": 10, "discount_amount": 9007199254740991, "deposit_used": 3, "total_amount": 2108}'),
  ('orders', '{"subtotal": 2100, "tax_amount": 105, "tip_amount": 9007199254740992, "discount_amount": 9007199254740991, "deposit_used": 3, "total_amount": 2203}'),
  ('orders', '{"subtotal": 9007199254740991, "tax_amount": 105, "tip_amount": 10, "discount_amount": 9007199254740992, "deposit_used": 3, "total_amount": 111}'),
  ('orders', '{"subtotal": 9007199254740991, "tax_amount": 105, "tip_amount": 10, "discount_amount": 5, "deposit_used": 9007199254740992, "total_amount": 109}'),
  ('orders', '{"subtotal": 9007199254740991, "tax_amount": 1, "tip_amount": 0, "discount_amount": 0, "deposit_used": 0, "total_amount": 9007199254740992}'),
  ('order_items', '{"position": 0}'),
  ('order_items', '{"position": 101}'),
  ('order_items', '{"quantity": 0, "subtotal": 0}'),
  ('order_items', '{"quantity": 100, "subtotal": 105000}'),
  ('order_items', '{"quantity": -1, "price": 0, "customization_amount": 0, "subtotal": 0}'),
  ('order_items', '{"subtotal": 2101}'),
  ('order_items', '{"subtotal": 2000}'),
  ('order_items', '{"price": 1001}'),
  ('order_items', '{"customization_amount": 0}'),
  ('order_items', '{"quantity": 3}'),
  ('order_items', '{"price": -1, "customization_amount": 1, "subtotal": 0}'),
  ('order_items', '{"price": 9007199254740992, "customization_amount": -9007199254740992, "subtotal": 0}'),
  ('order_items', '{"price": 0, "customization_amount": -1, "subtotal": -2}'),
  ('order_items', '{"price": 9007199254740991, "customization_amount": 1, "quantity": 1, "subtotal": 9007199254740992}'),
  ('order_items', '{"customization_amount": -9007199254740992}'),
  ('order_items', '{"status": "completed"}'),
  ('order_items', '{"tax_rate_ppm": -1}'),
  ('order_items', '{"tax_rate_ppm": 1000001}'),
  ('order_status_history', '{"actor_role": "admin"}'),
  ('order_status_history', '{"reason": ""}'),
  ('order_status_history', jsonb_build_object('reason', tap.repeated(501))),
  ('idempotency_keys', '{"key": ""}'),
  ('idempotency_keys', jsonb_build_object('key', tap.repeated(256))),
  ('idempotency_keys', '{"status": 199}'),
  ('idempotency_keys', '{"status": 409}'),
  ('payment_intents', '{"amount": 0}'),
  ('payment_intents', '{"amount": -1}'),
  ('payment_intents', '{"amount": 9007199254740992}'),
  ('payment_intents', '{"tip_amount": -1}'),
  ('payment_intents', '{"tip_amount": 9007199254740992}'),
  ('payment_intents', '{"currency": "rupee"}'),
  ('payment_intents', '{"provider": ""}'),
  ('payment_intents', jsonb_build_object('provider', tap.repeated(61))),
  ('payments', '{"amount": -1}'),
  ('payments', '{"amount": 9007199254740992}'),
  ('payments', '{"tip_amount": -1}'),
  ('payments', '{"tip_amount": 9007199254740992}'),
  ('payments', '{"currency": "rupee"}'),
  ('payments', '{"provider": ""}'),
  ('payments', jsonb_build_object('provider', tap.repeated(61))),
  ('payment_intents', '{"status": "paid"}'),
  ('payment_intents', '{"order_id": "00000000-0000-7000-8000-000000000000", "session_id": "00000000-0000-7000-8000-000000000000"}'),
  ('payment_intents', '{"order_id": null, "session_id": null}'),
  ('payments', '{"method": "cheque"}'),
  ('payments', '{"provider_ref": ""}'),
  ('payments', jsonb_build_object('provider_ref', tap.repeated(256))),
  ('payments', '{"card_brand": ""}'),
  ('payments', jsonb_build_object('card_brand', tap.repeated(31))),
  ('payments', '{"card_last4": "123"}'),
  ('payments', '{"card_last4": "12345"}'),
  ('payments', '{"card_last4": "12a4"}'),
  ('payments', '{"card_last4": "4111111111111111"}'),
  ('payments', '{"order_id": null, "session_id": null}'),
  ('payments', '{"flag": "odd"}'),
  ('payments', '{"refunded_amount": -1}'),
  ('payments', '{"refunded_amount": 2208}'),
  ('payments', '{"refunded_tip_amount": -1}'),
  ('payments', '{"tip_amount": 5, "refunded_tip_amount": 6}'),
  ('payment_providers', '{"provider": ""}'),
  ('payment_providers', '{"provider": "Upi"}'),
  ('payment_providers', '{"provider": "-upi"}'),
  ('payment_providers', '{"provider": "u/pi"}'),
  ('payment_providers', jsonb_build_object('provider', tap.repeated(61))),
  ('payment_providers', '{"secret_sealed": ""}'),
  ('payment_providers', jsonb_build_object('secret_sealed', tap.repeated(1001))),
  ('payment_intent_allocations', '{"amount": 0}'),
  ('payment_intent_allocations', '{"amount": 9007199254740992}'),
  ('payment_allocations', '{"amount": -1, "refunded_amount": -1}'),
  ('payment_allocations', '{"amount": 9007199254740992}'),
  ('payment_allocations', '{"refunded_amount": -1}'),
  ('payment_allocations', '{"refunded_amount": 2001}'),
  ('payment_events', '{"event_id": ""}'),
  ('payment_events', jsonb_build_object('event_id', tap.repeated(256))),
  ('payment_events', '{"status": "pending"}'),
  ('payment_events', '{"amount": -1}'),
  ('payment_events', '{"amount": 9007199254740992}'),
  ('payment_events', '{"currency": "rupee"}'),
  ('payment_events', '{"provider_ref": ""}'),
  ('payment_events', jsonb_build_object('provider_ref', tap.repeated(256))),
  ('refunds', '{"amount": 0}'),
  ('refunds', '{"tip_amount": -1}'),
  ('refunds', '{"tip_amount": 9007199254740992}'),
  ('refunds', '{"amount": -1}'),
  ('refunds', '{"amount": 9007199254740992}'),
  ('refunds', '{"reason": ""}'),
  ('refunds', jsonb_build_object('reason', tap.repeated(501))),
  ('events', '{"type": ""}'),
  ('events', jsonb_build_object('type', tap.repeated(61))),
  ('sync_logs', '{"convex_sync_status": "lost"}'),
  ('sync_logs', '{"entity_type": ""}'),
  ('sync_logs', jsonb_build_object('entity_type', tap.repeated(61))),
  ('sync_queue', '{"caller": ""}'),
  ('sync_queue', jsonb_build_object('caller', tap.repeated(61))),
  ('sync_queue', '{"client_id": ""}'),
  ('sync_queue', jsonb_build_object('client_id', tap.repeated(256))),
  ('sync_queue', '{"change_id": ""}'),
  ('sync_queue', jsonb_build_object('change_id', tap.repeated(256))),
  ('sync_queue', '{"type": ""}'),
  ('sync_queue', jsonb_build_object('type', tap.repeated(61))),
  ('restaurants', '{"fiscal_year_start": "13-01"}'),
  ('restaurants', '{"takeaway_tax_rate_ppm": -1}'),
  ('restaurants', '{"takeaway_tax_rate_ppm": 1000001}'),
  ('restaurants', '{"service_charge_ppm": -1}'),
  ('restaurants', '{"service_charge_ppm": 1000001}'),
  ('restaurants', '{"service_charge_tax_rate_ppm": -1}'),
  ('restaurants', '{"service_charge_tax_rate_ppm": 1000001}'),
  ('restaurants', '{"cash_rounding": 0}'),
  ('restaurants', '{"cash_rounding": 100001}'),
  ('menu_items', '{"takeaway_tax_rate_ppm": -1}'),
  ('menu_items', '{"takeaway_tax_rate_ppm": 1000001}'),
  ('order_item_customizations', '{"quantity": 0}'),
  ('order_item_customizations', '{"quantity": 10}'),
  ('order_items', '{"voided_quantity": -1}'),
  ('order_items', '{"voided_quantity": 3}'),
  ('orders', '{"service_charge_amount": 1}'),
  ('orders', '{"service_charge_amount": -1, "total_amount": 2206}'),
  ('orders', '{"standing_total": -1}'),
  ('payments', '{"amount": 0, "tip_amount": 0}'),
  ('payments', '{"purpose": "tip"}'),
  ('payments', '{"void_reason": ""}'),
  ('payments', jsonb_build_object('void_reason', tap.repeated(501))),
  ('payments', '{"order_id": null, "session_id": null, "purpose": "bill"}'),
  ('refunds', '{"status": "lost"}'),
  ('receipt_counters', '{"kind": "bill"}'),
  ('receipt_counters', '{"last_number": 0}'),
  ('receipts', '{"kind": "bill", "corrects_id": null}'),
  ('receipts', '{"kind": "credit_note", "corrects_id": null}'),
  ('receipts', '{"number": 0}'),
  ('receipts', '{"total_amount": -9007199254740992}'),
  ('receipts', '{"total_amount": 9007199254740992}'),
  ('receipt_orders', '{"covers": "some"}'),
  ('order_adjustments', '{"kind": "gift"}'),
  ('order_adjustments', '{"quantity": 0}'),
  ('order_adjustments', '{"quantity": 100}'),
  ('order_adjustments', '{"amount": -1}'),
  ('order_adjustments', '{"amount": 9007199254740992}'),
  ('order_adjustments', '{"rate_ppm": -1}'),
  ('order_adjustments', '{"rate_ppm": 1000001}'),
  ('order_adjustments', '{"reason": ""}'),
  ('order_adjustments', jsonb_build_object('reason', tap.repeated(501))),
  ('order_adjustments', '{"subtotal": -9007199254740992}'),
  ('order_adjustments', '{"subtotal": 9007199254740992}'),
  ('order_adjustments', '{"discount_amount": -9007199254740992}'),
  ('order_adjustments', '{"discount_amount": 9007199254740992}'),
  ('order_adjustments', '{"service_charge_amount": -9007199254740992}'),
  ('order_adjustments', '{"service_charge_amount": 9007199254740992}'),
  ('order_adjustments', '{"tax_amount": -9007199254740992}'),
  ('order_adjustments', '{"tax_amount": 9007199254740992}'),
  ('order_adjustments', '{"tip_amount": -9007199254740992}'),
  ('order_adjustments', '{"tip_amount": 9007199254740992}'),
  ('order_adjustments', '{"deposit_used": -9007199254740992}'),
  ('order_adjustments', '{"deposit_used": 9007199254740992}'),
  ('order_adjustments', '{"total_amount": -9007199254740992}'),
  ('order_adjustments', '{"total_amount": 9007199254740992}'),
  ('order_adjustments', '{"actor_role": "admin"}'),
  ('restaurants', '{"fiscal_year_start": "4-1"}'),
  ('restaurants', '{"day_close_hours": -1}'),
  ('restaurants', '{"day_close_hours": 721}'),
  ('restaurants', '{"legal_name": ""}'),
  ('restaurants', jsonb_build_object('address', tap.repeated(501))),
  ('restaurants', jsonb_build_object('tax_number', tap.repeated(61))),
  ('restaurants', jsonb_build_object('receipt_footer', tap.repeated(1001))),
  ('business_days', '{"number": 0}'),
  ('day_sales', '{"cut": "week"}'),
  ('allocation_moves', '{"amount": 0}'),
  ('allocation_moves', '{"amount": 9007199254740992}'),
  ('shares', '{"split_by": "age"}'),
  ('shares', '{"label": ""}'),
  ('shares', jsonb_build_object('label', tap.repeated(61))),
  ('shares', '{"amount": -1}'),
  ('shares', '{"amount": 9007199254740992}'),
  ('shares', '{"paid": -1}'),
  ('shares', '{"paid": 9007199254740992}'),
  ('shift_notes', '{"note": ""}'),
  ('shift_notes', jsonb_build_object('note', tap.repeated(2001))),
  ('drawers', '{"name": ""}'),
  ('drawers', jsonb_build_object('name', tap.repeated(61))),
  ('drawers', '{"float_amount": -1}'),
  ('drawers', '{"float_amount": 9007199254740992}'),
  ('drawers', '{"currency": "rupee"}'),
  ('drawers', '{"counted": -1}'),
  ('drawers', '{"counted": 9007199254740992}'),
  ('drawers', '{"counted": 5000}'),
  ('drawers', '{"closed_at": "2030-01-01T20:00:00Z"}'),
  ('drawers', jsonb_build_object('closed_at', now(), 'closed_by', tap.id('A', 'staff'), 'closed_date', '2030-01-01', 'cash_paid', 1, 'cash_refunded', 0,
                                 'tips', 0, 'paid_in', 0, 'paid_out', 0, 'expected', 5000, 'counted', 5000)),
  ('drawer_movements', '{"amount": 0}'),
  ('drawer_movements', '{"amount": 9007199254740992}'),
  ('drawer_movements', '{"amount": -9007199254740992}'),
  ('drawer_movements', '{"reason": ""}'),
  ('drawer_movements', jsonb_build_object('reason', tap.repeated(501))),
  ('sync_queue', '{"status": "pending"}');
UPDATE bad b SET fate = tap.fate(b.relation, tap.row_of(b.relation, 'A'), b.changes, true);

SELECT tap.is(left(b.fate, 5), '23514', b.relation || ' refuses ' || left(b.changes::text, 90))
FROM bad b ORDER BY b.number;

SELECT tap.is_empty($$
  SELECT c.conrelid::regclass, c.conname FROM pg_catalog.pg_constraint c
  WHERE c.contype = 'c' AND c.connamespace = 'public'::regnamespace AND c.conrelid <> 0
    AND NOT EXISTS (SELECT FROM bad b WHERE b.fate = '23514 ' || c.conname AND b.relation = c.conrelid::regclass::text)
  $$, 'every CHECK has refused a row');
SELECT tap.is_empty(format($$
  SELECT c.name FROM unnest(%L::text[]) AS c (name) WHERE NOT EXISTS (SELECT FROM bad b WHERE b.fate = '23514 ' || c.name)
  $$, ARRAY['sessions_status', 'sessions_opened_by', 'sessions_closed_at', 'sessions_guest_count', 'orders_total', 'order_items_subtotal',
            'order_items_voided', 'order_item_customizations_quantity']), 'what triggers check instead has refused a row');
SELECT tap.throws_ok(format('UPDATE public.%s WHERE restaurant_id = %L AND id = %L', x.change, tap.id('A', 'restaurant'), tap.id('A', x.id)),
                     '23514', NULL, 'refused later, too: ' || x.change)
FROM (VALUES
  ('sessions SET status = ''open''', 'session'),
  ('sessions SET status = ''closed'', closed_at = NULL', 'session'),
  ('sessions SET opened_by = ''manager''', 'session'),
  ('sessions SET guest_count = 0', 'session'),
  ('orders SET standing_total = -1', 'order'),
  ('order_items SET voided_quantity = 3', 'line')) AS x (change, id);

-- A domain's, for each column of it.
SELECT tap.is_empty($$
  SELECT a.attrelid::regclass, a.attname, c.conname FROM pg_catalog.pg_constraint c
  JOIN pg_catalog.pg_attribute a ON a.atttypid = c.contypid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN tap.relation r ON r.oid = a.attrelid
  WHERE c.contype = 'c' AND c.connamespace = 'public'::regnamespace AND c.contypid <> 0
    AND NOT EXISTS (SELECT FROM bad b WHERE b.fate = '23514 ' || c.conname AND b.relation = r.name AND b.changes ? a.attname)
  $$, 'every domain has refused a row, in each column');

-- Looked up once by a trigger, and no foreign key.
SELECT tap.is(tap.fate(x.relation, tap.row_of(x.relation, 'A'), x.changes, true), x.fate, x.relation || ' refuses ' || x.description)
FROM (VALUES
  ('order_items', jsonb_build_object('menu_item_id', tap.id('B', 'item')), '23503', 'an item of another restaurant'),
  ('order_items', jsonb_build_object('menu_item_id', tap.id('A', 'none')), '23503', 'an item that nobody has'),
  ('order_item_customizations', jsonb_build_object('value_id', tap.id('B', 'value')), '23503', 'a value of another restaurant'),
  ('order_item_customizations', jsonb_build_object('value_id', tap.id('B', 'value'), 'option_id', tap.id('B', 'option')), '23503',
   'an option of another restaurant'),
  ('order_item_customizations', jsonb_build_object('option_id', tap.id('A', 'none')), '23503', 'a value that is not its option''s'),
  ('order_item_customizations', jsonb_build_object('order_item_id', tap.id('B', 'line')), '23503 order_item_customizations_line',
   'a line of another restaurant'),
  ('order_item_customizations', jsonb_build_object('order_item_id', tap.id('A', 'none')), '23503 order_item_customizations_line',
   'a line that nobody ordered')) AS x (relation, changes, fate, description);
SELECT tap.throws_ok(format($$
  INSERT INTO public.order_items (restaurant_id, id, order_id, position, menu_item_id, name, price, customization_amount, quantity, subtotal, tax_rate_ppm)
  SELECT %L, gen_random_uuid(), %L, p, m, 'Dosa', 1, 0, 1, 1, 0 FROM unnest(%L::uuid[]) WITH ORDINALITY AS u (m, p) $$,
  tap.id('A', 'restaurant'), tap.id('A', 'order'), ARRAY[tap.id('A', 'item'), tap.id('B', 'item'), tap.id('A', 'item')]),
  '23503', NULL, 'one stray item among the lines of an order');

-- Unique keys. The changed row stands beside the original.

CREATE TEMPORARY TABLE twin (
  number integer GENERATED ALWAYS AS IDENTITY, relation text NOT NULL, changes jsonb NOT NULL,
  expected text NOT NULL, description text NOT NULL, fate text);
INSERT INTO twin (relation, changes, expected, description) VALUES
  ('sessions', '{"status": "active", "closed_at": null}', 'sessions_active_table', 'a second active session at a table'),
  ('orders', '{}', 'orders_number', 'an order number twice on a business day'),
  ('orders', '{"order_number": 2}', 'inserted', 'the next order number'),
  ('orders', '{"business_date": "2030-01-02"}', 'inserted', 'the same order number on the next business day'),
  ('sessions', '{"status": "closed", "closed_at": "2030-01-01T00:00:00Z"}', 'inserted', 'a closed session beside the active one'),
  ('staff', '{}', 'staff_restaurant_id_email_key', 'an e-mail address twice'),
  ('refresh_tokens', '{}', 'refresh_tokens_restaurant_id_token_hash_key', 'a token twice'),
  ('tables', '{}', 'tables_name', 'a table''s name twice'),
  ('tables', '{"deleted_at": "2030-01-01T00:00:00Z"}', 'inserted', 'the name of a table that is deleted'),
  ('qr_codes', '{"retired_at": "2030-01-01T00:00:00Z"}', 'qr_codes_restaurant_id_code_key', 'a code twice'),
  ('qr_codes', '{"code": "bcdefghi"}', 'qr_codes_current', 'a second current code of a table'),
  ('order_item_customizations', '{}', 'order_item_customizations_once', 'a value twice on a line'),
  ('business_days', '{"business_date": "2030-01-01"}', 'business_days_restaurant_id_number_key', 'a Z report''s number twice'),
  ('business_days', '{"number": 2}', 'business_days_pkey', 'a day closed twice'),
  ('drawers', '{}', 'drawers_open', 'a second open drawer of a member of staff'),
  ('receipts', '{}', 'receipts_number', 'a number twice'),
  ('sync_queue', '{}', 'sync_queue_once', 'an offline change twice'),
  ('sync_queue', '{"caller": "staff:2"}', 'inserted', 'another caller''s change of that name');
UPDATE twin t SET fate = tap.fate(t.relation, tap.row_of(t.relation, 'A'),
  jsonb_build_object('id', tap.id('A', 'twin')) || t.changes, false);
INSERT INTO twin (relation, changes, expected, description) VALUES
  ('slugs', '{}', 'slugs_pkey', 'a slug twice'),
  ('order_counters', '{}', 'order_counters_pkey', 'a second counter for a business day'),
  ('receipt_counters', '{}', 'receipt_counters_pkey', 'a second counter for a year'),
  ('receipt_orders', '{}', 'receipt_orders_pkey', 'an order twice in a receipt'),
  ('receipt_orders', jsonb_build_object('receipt_id', tap.id('A', 'nothing'), 'covers', 'order'), 'receipt_orders_once', 'an order in two receipts'),
  ('idempotency_keys', '{}', 'idempotency_keys_pkey', 'a caller''s key twice'),
  ('payment_providers', '{}', 'payment_providers_pkey', 'a provider twice'),
  ('payment_intent_allocations', '{}', 'payment_intent_allocations_pkey', 'an order twice in an intent'),
  ('payment_allocations', '{}', 'payment_allocations_pkey', 'an order twice in a payment'),
  ('payment_events', '{}', 'payment_events_pkey', 'an event twice'),
  ('sync_logs', '{}', 'sync_logs_pkey', 'a second outbox row for an entity'),
  ('business_days', '{"business_date": "2030-01-01", "number": 2}', 'business_days_restaurant_id_id_key', 'a closed day''s id twice'),
  ('day_sales', '{}', 'day_sales_pkey', 'figures of a day twice');
UPDATE twin t SET fate = tap.fate(t.relation, tap.row_of(t.relation, 'A'), t.changes, false) WHERE t.fate IS NULL;

SELECT tap.is(t.fate, CASE t.expected WHEN 'inserted' THEN t.expected ELSE '23505 ' || t.expected END,
              t.relation || ': ' || t.description || CASE t.expected WHEN 'inserted' THEN ' is taken' ELSE ' is refused' END)
FROM twin t ORDER BY t.number;

SELECT tap.is_empty($$
  SELECT i.indrelid::regclass, i.indexrelid::regclass FROM pg_catalog.pg_index i
  JOIN tap.relation r ON r.oid = i.indrelid
  WHERE i.indisunique AND NOT i.indisprimary AND NOT EXISTS (
    SELECT FROM twin t WHERE t.fate = '23505 ' || (SELECT c.relname FROM pg_catalog.pg_class c WHERE c.oid = i.indexrelid))
  $$, 'every unique key has refused a row');

-- Steps of an order wait for each other; the later one's transaction may have begun first.
WITH earlier AS (
  INSERT INTO public.order_status_history (restaurant_id, id, order_id, to_status, actor_role)
  VALUES (tap.id('A', 'restaurant'), tap.id('A', 'step'), tap.id('A', 'order'), 'ready', 'kitchen')
  RETURNING created_at)
SELECT tap.ok(e.created_at > now(), 'a step''s time is that of the step, not of its transaction''s beginning') FROM earlier e;

SELECT * FROM tap.finish();
ROLLBACK;
