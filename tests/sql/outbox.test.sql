-- The mirror's outbox: every change of a mirrored entity leaves one pending
-- row, with it or not at all. And the JSON that goes out: the shapes that
-- clients rely on.
BEGIN;
CREATE SCHEMA IF NOT EXISTS tap;
CREATE EXTENSION IF NOT EXISTS pgtap SCHEMA tap;
SET LOCAL search_path = tap, public;
SET LOCAL client_min_messages = warning;
-- As a program says it that has a mirror.
SET LOCAL orderzap.mirror = on;

-- The same name is always the same id, so that fixtures can refer to rows.
CREATE FUNCTION tap.id(tenant text, thing text) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$ SELECT md5('tap ' || tenant || ' ' || thing)::uuid $$;

CREATE FUNCTION tap.restaurant(tenant text) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO public.restaurants (id, slug, name, currency, timezone, menu_version)
  VALUES (tap.id(tenant, 'restaurant'), 'tap-' || lower(tenant), 'Restaurant ' || tenant, 'INR', 'Asia/Kolkata', 7)
$$;

-- The statement that inserts each mirrored entity, and one that changes it.
CREATE TEMPORARY TABLE entity (
  number integer, tenant text, type text, relation text, id uuid, insertion text, change text, later_change text);
INSERT INTO entity
SELECT e.number, t.tenant, e.type, e.relation, tap.id(t.tenant, e.thing),
  -- ~name~ stands for the tenant's id of that name.
  (SELECT string_agg(CASE WHEN m.place % 2 = 1 THEN m.part ELSE quote_literal(tap.id(t.tenant, m.part)) END, '' ORDER BY m.place)
   FROM unnest(string_to_array('INSERT INTO public.' || e.relation || ' ' || e.insertion, '~')) WITH ORDINALITY AS m (part, place)),
  e.change, e.later_change
FROM (VALUES ('A'), ('B')) AS t (tenant)
CROSS JOIN (VALUES
  (1, 'table', 'tables', 'table', '(restaurant_id, id, name, seats) VALUES (~restaurant~, ~table~, ''T1'', 4)',
   'seats = 5', 'deleted_at = now()'),
  (2, 'session', 'sessions', 'session', '(restaurant_id, id, table_id, opened_by, pin_hash, expires_at)
     VALUES (~restaurant~, ~session~, ~table~, ''diner'', ''\x01'', now() + interval ''3 hours'')',
   'expires_at = now() + interval ''4 hours''', 'status = ''closed'', closed_at = now()'),
  (3, 'menu_category', 'menu_categories', 'category', '(restaurant_id, id, name) VALUES (~restaurant~, ~category~, ''Mains'')',
   'position = 2', 'deleted_at = now()'),
  (4, 'menu_item', 'menu_items', 'item', '(restaurant_id, id, category_id, name, price) VALUES (~restaurant~, ~item~, ~category~, ''Dosa'', 1000)',
   'is_available = false', 'price = 1100'),
  (5, 'menu_item_option', 'menu_item_options', 'option', '(restaurant_id, id, menu_item_id, name) VALUES (~restaurant~, ~option~, ~item~, ''Size'')',
   'max_select = 3', 'deleted_at = now()'),
  (6, 'order', 'orders', 'order', '(restaurant_id, id, business_date, order_number, table_id, session_id, order_type, currency,
     prices_include_tax, subtotal, tax_amount, taxes, total_amount)
     VALUES (~restaurant~, ~order~, ''2030-01-01'', 1, ~table~, ~session~, ''dine_in'', ''INR'', false, 1000, 50, ''[]'', 1050)',
   'status = ''confirmed''', 'deleted_at = now()'),
  (7, 'payment', 'payments', 'payment', '(restaurant_id, id, order_id, amount, currency, method, business_date) VALUES (~restaurant~, ~payment~, ~order~, 1050, ''INR'', ''cash'', ''2030-01-01'')',
   'updated_at = now()', 'version = 1'),
  (8, 'receipt', 'receipts', 'receipt', '(restaurant_id, id, kind, fiscal_year, number, reference, business_date, session_id, total_amount, figures, document, issued_at)
     VALUES (~restaurant~, ~receipt~, ''receipt'', 2030, 1, ''2030-000001'', ''2030-01-01'', ~session~, 1050, ''{}'', ''{}'', now())',
   'printed_at = now()', 'version = 1'))
  AS e (number, type, relation, thing, insertion, change, later_change);

-- What the outbox holds of an entity: one line, or how many there are.
CREATE FUNCTION tap.outbox(tenant text, entity_type text, entity_id uuid) RETURNS text
LANGUAGE sql AS $$
  SELECT CASE count(*) WHEN 0 THEN 'none'
         ELSE string_agg(l.convex_sync_status || ' ' || l.entity_version || ', attempts ' || l.convex_sync_attempts
           || ', error ' || coalesce(l.convex_error, 'none')
           || ', due ' || CASE WHEN l.next_attempt_at = now() THEN 'now' ELSE 'later' END, '; ') END
  FROM public.sync_logs l
  WHERE l.restaurant_id = tap.id(tenant, 'restaurant') AND l.entity_type = outbox.entity_type AND l.entity_id = outbox.entity_id
$$;

-- A statement as a role whose tenant is A.
CREATE FUNCTION tap.run(role text, statement text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  restaurant uuid := tap.id('A', 'restaurant');
BEGIN
  EXECUTE format('SET LOCAL ROLE %I', role);
  PERFORM public.set_tenant(restaurant);
  EXECUTE statement;
  RESET ROLE;
END
$$;

-- The outbox after a statement on an entity; then all is undone.
CREATE FUNCTION tap.outbox_after(e entity, statement text) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE statement;
  RAISE EXCEPTION USING ERRCODE = 'TAP00', MESSAGE = tap.outbox(e.tenant, e.type, e.id);
EXCEPTION WHEN SQLSTATE 'TAP00' THEN
  RETURN SQLERRM;
END
$$;

SELECT plan(127);

SELECT tap.set_eq(
  $$ SELECT t.tgrelid::regclass::text || ' ' || convert_from(substring(t.tgargs FOR length(t.tgargs) - 1), 'UTF8')
     FROM pg_catalog.pg_trigger t WHERE t.tgfoid = 'public.outbox_mirror'::regproc AND t.tgenabled = 'O' $$,
  $$ SELECT e.relation || ' ' || e.type FROM entity e UNION VALUES ('business_days business_day'), ('drawers drawer') $$,
  'the mirrored entities are those tried here; and closed days, which never change, and drawers, which do once (tests/sync/mirror)');

DO $$ BEGIN PERFORM tap.restaurant('A'); PERFORM tap.restaurant('B'); END $$;

-- Inserting, as the workers do. First each entity with its predecessors in a
-- transaction that is rolled back.

CREATE FUNCTION tap.insert_and_roll_back() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  e record;
BEGIN
  FOR e IN SELECT * FROM entity WHERE tenant = 'A' ORDER BY number LOOP
    PERFORM tap.run('orderzap_app', e.insertion);
  END LOOP;
  ASSERT (SELECT count(*) FROM public.sync_logs l WHERE l.restaurant_id = tap.id('A', 'restaurant')) = 8, 'nothing to roll back';
  RAISE EXCEPTION USING ERRCODE = 'TAP00';
EXCEPTION WHEN SQLSTATE 'TAP00' THEN
  NULL;
END
$$;
DO $$ BEGIN PERFORM tap.insert_and_roll_back(); END $$;
SELECT tap.is(tap.outbox(e.tenant, e.type, e.id), 'none', e.type || ': a rolled back insert leaves none')
FROM entity e WHERE e.tenant = 'A' ORDER BY e.number;

DO $$
DECLARE
  e record;
BEGIN
  FOR e IN SELECT * FROM entity WHERE tenant = 'A' ORDER BY number LOOP
    PERFORM tap.run('orderzap_app', e.insertion);
  END LOOP;
END
$$;
SELECT tap.is(tap.outbox(e.tenant, e.type, e.id), 'pending 1, attempts 0, error none, due now', e.type || ': an insert leaves one row')
FROM entity e WHERE e.tenant = 'A' ORDER BY e.number;
SELECT tap.is((SELECT count(*) FROM public.sync_logs l WHERE l.restaurant_id = tap.id('A', 'restaurant')), 8::bigint,
              'and nothing else leaves one');
SELECT tap.is((SELECT count(*) FROM public.sync_logs l WHERE l.restaurant_id = tap.id('B', 'restaurant')), 0::bigint,
              'nor does the other tenant''s outbox get one');

-- Changing.

SELECT tap.is(tap.outbox_after(e, format('UPDATE public.%I SET %s WHERE id = %L', e.relation, e.change, e.id)),
              'pending 2, attempts 0, error none, due now', e.type || ': a change leaves the row with the new version')
FROM entity e WHERE e.tenant = 'A' ORDER BY e.number;
SELECT tap.is(tap.outbox(e.tenant, e.type, e.id), 'pending 1, attempts 0, error none, due now', e.type || ': a change rolled back, as before')
FROM entity e WHERE e.tenant = 'A' ORDER BY e.number;
SELECT tap.is(tap.outbox_after(e, format('DO $do$ BEGIN UPDATE public.%1$I SET %2$s WHERE id = %4$L; UPDATE public.%1$I SET %3$s WHERE id = %4$L; END $do$',
                                         e.relation, e.change, e.later_change, e.id)),
              'pending 3, attempts 0, error none, due now', e.type || ': a second change overtakes the first')
FROM entity e WHERE e.tenant = 'A' ORDER BY e.number;

-- What was sent, given up or put off is due again when it changes.

CREATE FUNCTION tap.changed_after(e entity, state text) RETURNS text
LANGUAGE sql AS $$
  SELECT tap.outbox_after(e, format(
    'DO $do$ BEGIN UPDATE public.sync_logs SET %s, next_attempt_at = now() + interval ''1 hour'' WHERE entity_id = %L;
                   UPDATE public.%I SET %s WHERE id = %2$L; END $do$', state, e.id, e.relation, e.change))
$$;
SELECT tap.is(tap.changed_after(e, x.state), 'pending 2, attempts 0, error none, due now', e.type || ': changed when ' || x.name)
FROM entity e
CROSS JOIN (VALUES
  ('synced', 'convex_sync_status = ''synced'', last_sync_at = now()'),
  ('dead', 'convex_sync_status = ''dead'', convex_sync_attempts = 5, convex_error = ''bad'''),
  ('put off', 'convex_sync_attempts = 3, convex_error = ''503''')) AS x (name, state)
WHERE e.tenant = 'A' ORDER BY e.number, x.name;
SELECT tap.is(tap.outbox_after(e, format('UPDATE public.%I SET %s WHERE id = %L', e.relation, e.change, tap.id('A', 'nobody'))),
              'pending 1, attempts 0, error none, due now', e.type || ': an update of nothing changes nothing')
FROM entity e WHERE e.tenant = 'A' ORDER BY e.number;

-- The other tenant, with the same numbers and names: its own rows.

DO $$
DECLARE
  e record;
BEGIN
  FOR e IN SELECT * FROM entity WHERE tenant = 'B' ORDER BY number LOOP
    EXECUTE e.insertion;
  END LOOP;
END
$$;
SELECT tap.is(tap.outbox(e.tenant, e.type, e.id), 'pending 1, attempts 0, error none, due now', e.type || ': the other tenant has its own')
FROM entity e WHERE e.tenant = 'B' ORDER BY e.number;

-- JSON. What the API's page names is there; it may carry more.

CREATE FUNCTION tap.missing(document json, names text) RETURNS text
LANGUAGE sql AS $$
  SELECT coalesce(string_agg(n.name, ' ' ORDER BY n.name), '')
  FROM regexp_split_to_table(trim(names), '\s+') AS n (name)
  WHERE n.name NOT IN (SELECT json_object_keys(document))
$$;
-- Which of the named members are not written as whole numbers.
CREATE FUNCTION tap.uneven(document json, names text) RETURNS text
LANGUAGE sql AS $$
  SELECT coalesce(string_agg(n.name, ' ' ORDER BY n.name), '')
  FROM regexp_split_to_table(trim(names), '\s+') AS n (name)
  WHERE (document -> n.name)::text !~ '^(0|-?[1-9][0-9]*)$' OR document -> n.name IS NULL
$$;
-- A function's answer as the workers' role gets it.
CREATE FUNCTION tap.answer(tenant text, expression text) RETURNS json
LANGUAGE plpgsql AS $$
DECLARE
  restaurant uuid := tap.id(tenant, 'restaurant');
  answer json;
BEGIN
  SET LOCAL ROLE orderzap_app;
  PERFORM public.set_tenant(restaurant);
  EXECUTE 'SELECT ' || expression INTO answer;
  RESET ROLE;
  RETURN answer;
END
$$;

-- A larger order and menu of A. Positions run against ids and times.
INSERT INTO public.users (restaurant_id, id, session_id, display_name, created_at) VALUES
  (tap.id('A', 'restaurant'), tap.id('A', 'diner 2'), tap.id('A', 'session'), 'Ben', '2030-01-01T12:00:02Z'),
  (tap.id('A', 'restaurant'), tap.id('A', 'diner 1'), tap.id('A', 'session'), 'Asha', '2030-01-01T12:00:01.2345Z'),
  (tap.id('B', 'restaurant'), tap.id('B', 'diner'), tap.id('B', 'session'), 'Other', '2030-01-01T12:00:00Z');
INSERT INTO public.menu_categories (restaurant_id, id, name, position, deleted_at) VALUES
  (tap.id('A', 'restaurant'), tap.id('A', 'category 3'), 'Third', 30, NULL),
  (tap.id('A', 'restaurant'), tap.id('A', 'category 2'), 'Second', 20, NULL),
  (tap.id('A', 'restaurant'), tap.id('A', 'category 1'), 'First', -10, NULL),
  (tap.id('A', 'restaurant'), tap.id('A', 'category gone'), 'Gone', 15, now());
INSERT INTO public.menu_items (restaurant_id, id, category_id, name, price, tax_rate_ppm, is_available, tags, position, deleted_at) VALUES
  (tap.id('A', 'restaurant'), tap.id('A', 'item 3'), tap.id('A', 'category 1'), 'Tea', 9007199254740991, NULL, true, '{hot}', 3, NULL),
  (tap.id('A', 'restaurant'), tap.id('A', 'item 2'), tap.id('A', 'category 1'), 'Cake', 0, 88750, false, '{}', 2, NULL),
  (tap.id('A', 'restaurant'), tap.id('A', 'item 1'), tap.id('A', 'category 1'), 'Soup', 24900, 0, true, '{}', 1, NULL),
  (tap.id('A', 'restaurant'), tap.id('A', 'item gone'), tap.id('A', 'category 1'), 'Gone', 1, NULL, true, '{}', 2, now()),
  (tap.id('A', 'restaurant'), tap.id('A', 'item of gone'), tap.id('A', 'category gone'), 'Gone with it', 1, NULL, true, '{}', 1, NULL);
INSERT INTO public.menu_item_options (restaurant_id, id, menu_item_id, name, min_select, max_select, position, deleted_at) VALUES
  (tap.id('A', 'restaurant'), tap.id('A', 'option 2'), tap.id('A', 'item 1'), 'Bread', 0, 1, 2, NULL),
  (tap.id('A', 'restaurant'), tap.id('A', 'option 1'), tap.id('A', 'item 1'), 'Size', 1, 2, 1, NULL),
  (tap.id('A', 'restaurant'), tap.id('A', 'option gone'), tap.id('A', 'item 1'), 'Gone', 0, 1, 1, now());
INSERT INTO public.menu_item_option_values (restaurant_id, id, option_id, name, price_modifier, is_default, position, deleted_at) VALUES
  (tap.id('A', 'restaurant'), tap.id('A', 'value 3'), tap.id('A', 'option 1'), 'Large', 5000, false, 3, NULL),
  (tap.id('A', 'restaurant'), tap.id('A', 'value 2'), tap.id('A', 'option 1'), 'Usual', 0, true, 2, NULL),
  (tap.id('A', 'restaurant'), tap.id('A', 'value 1'), tap.id('A', 'option 1'), 'Small', -2500, false, 1, NULL),
  (tap.id('A', 'restaurant'), tap.id('A', 'value gone'), tap.id('A', 'option 1'), 'Gone', 0, false, 2, now());
INSERT INTO public.orders (restaurant_id, id, business_date, order_number, table_id, session_id, diner_id, order_type, currency,
  prices_include_tax, subtotal, tax_amount, taxes, tip_amount, discount_amount, deposit_used, total_amount, notes, created_at)
VALUES (tap.id('A', 'restaurant'), tap.id('A', 'order 2'), '2030-01-01', 2, tap.id('A', 'table'), tap.id('A', 'session'), tap.id('A', 'diner 1'),
  'dine_in', 'INR', false, 9007199254740000, 900, '[{"rate_ppm": 50000, "taxable": 18000, "amount": 900}]', 91, 0, 0, 9007199254740991,
  E'say "hello"\nand\\more', '2030-01-01T12:34:56.7891Z');
INSERT INTO public.order_items (restaurant_id, id, order_id, position, menu_item_id, name, price, customization_amount, quantity, subtotal, tax_rate_ppm, station) VALUES
  (tap.id('A', 'restaurant'), tap.id('A', 'line 3'), tap.id('A', 'order 2'), 3, tap.id('A', 'item 3'), 'Tea', 9007199254687700, 0, 1, 9007199254687700, 0, 'bar'),
  (tap.id('A', 'restaurant'), tap.id('A', 'line 2'), tap.id('A', 'order 2'), 2, tap.id('A', 'item 2'), 'Cake', 0, 0, 99, 0, 0, NULL),
  (tap.id('A', 'restaurant'), tap.id('A', 'line 1'), tap.id('A', 'order 2'), 1, tap.id('A', 'item 1'), 'Soup', 24900, 1250, 2, 52300, 50000, 'kitchen');
INSERT INTO public.order_item_customizations (restaurant_id, id, order_item_id, position, option_id, value_id, option_name, value_name, price_modifier) VALUES
  (tap.id('A', 'restaurant'), tap.id('A', 'choice 3'), tap.id('A', 'line 1'), 3, tap.id('A', 'option 1'), tap.id('A', 'value 3'), 'Size', 'Large', 3750),
  (tap.id('A', 'restaurant'), tap.id('A', 'choice 2'), tap.id('A', 'line 1'), 2, tap.id('A', 'option 1'), tap.id('A', 'value 2'), 'Size', 'Usual', 0),
  (tap.id('A', 'restaurant'), tap.id('A', 'choice 1'), tap.id('A', 'line 1'), 1, tap.id('A', 'option 1'), tap.id('A', 'value 1'), 'Size', 'Small', -2500);

CREATE TEMPORARY TABLE document AS SELECT
  tap.answer('A', format('public.order_json(%L, %L)', tap.id('A', 'restaurant'), tap.id('A', 'order 2'))) AS an_order,
  tap.answer('A', format('public.menu_json(%L)', tap.id('A', 'restaurant'))) AS menu,
  tap.answer('A', format('public.session_json(%L, %L)', tap.id('A', 'restaurant'), tap.id('A', 'session'))) AS session;

-- One order.

SELECT tap.is(tap.missing(d.an_order, 'id order_number restaurant_id table_id session_id diner_id order_type status payment_status
    currency subtotal tax_amount taxes tip_amount discount_amount deposit_used total_amount payment_method customer_name
    customer_phone notes special_instructions version created_at updated_at items'), '', 'order_json: the order''s members')
FROM document d;
SELECT tap.is(tap.missing(i, 'id menu_item_id name price quantity subtotal status special_instructions customizations'), '',
              'order_json: line ' || (i ->> 'name'))
FROM document d CROSS JOIN LATERAL json_array_elements(d.an_order -> 'items') AS i;
SELECT tap.is(tap.missing(d.an_order #> '{items,0,customizations,0}', 'option_id value_id option_name value_name price_modifier'), '',
              'order_json: a customization')
FROM document d;
SELECT tap.is(tap.uneven(d.an_order, 'order_number version subtotal tax_amount tip_amount discount_amount deposit_used total_amount'), '',
              'order_json: amounts are whole numbers')
FROM document d;
SELECT tap.is(tap.uneven(d.an_order #> '{taxes,0}', 'rate_ppm taxable amount'), '', 'order_json: taxes are whole numbers')
FROM document d;
SELECT tap.is((d.an_order -> 'total_amount')::text, '9007199254740991', 'order_json: 2^53 - 1 to the last digit') FROM document d;
SELECT tap.is((SELECT string_agg(tap.uneven(i, 'price quantity subtotal tax_rate_ppm'), '') FROM json_array_elements(d.an_order -> 'items') AS i), '',
              'order_json: a line''s amounts are whole numbers')
FROM document d;
SELECT tap.is((SELECT string_agg(i ->> 'name', ' ') FROM json_array_elements(d.an_order -> 'items') AS i), 'Soup Cake Tea',
              'order_json: lines by position')
FROM document d;
SELECT tap.is((SELECT string_agg((c ->> 'value_name') || ' ' || (c -> 'price_modifier')::text, ', ')
               FROM json_array_elements(d.an_order #> '{items,0,customizations}') AS c),
              'Small -2500, Usual 0, Large 3750', 'order_json: customizations by position')
FROM document d;
SELECT tap.is((d.an_order #> '{items,1,customizations}')::text, '[]', 'order_json: no customizations are an empty list') FROM document d;
SELECT tap.is(d.an_order ->> 'created_at', '2030-01-01T12:34:56.789Z', 'order_json: times in UTC with milliseconds') FROM document d;
SELECT tap.is(d.an_order ->> 'notes', E'say "hello"\nand\\more', 'order_json: text survives') FROM document d;
SELECT tap.is(json_typeof(d.an_order -> 'payment_method'), 'null', 'order_json: what is not known is null') FROM document d;
SELECT tap.is(json_typeof(d.an_order -> 'taxes'), 'array', 'order_json: taxes are a list') FROM document d;
SELECT tap.is(tap.answer('A', format('public.order_json(%L, %L)', tap.id('A', 'restaurant'), tap.id('B', 'order')))::text, NULL,
              'order_json: another restaurant''s order is not there');
SELECT tap.is(tap.answer('A', format('public.order_json(%L, %L)', tap.id('B', 'restaurant'), tap.id('B', 'order')))::text, NULL,
              'order_json: not even when its restaurant is named');

-- The menu.

SELECT tap.is(tap.missing(d.menu, 'restaurant menu_version categories'), '', 'menu_json: the menu''s members') FROM document d;
SELECT tap.is(tap.missing(d.menu -> 'restaurant', 'id slug name currency timezone is_open tax_rate_ppm prices_include_tax'), '',
              'menu_json: the restaurant''s members')
FROM document d;
SELECT tap.is((SELECT string_agg(c ->> 'name', ' ') FROM json_array_elements(d.menu -> 'categories') AS c), 'First Mains Second Third',
              'menu_json: categories by position, without the deleted')
FROM document d;
SELECT tap.is((SELECT string_agg(i ->> 'name', ' ') FROM json_array_elements(d.menu #> '{categories,0,items}') AS i), 'Soup Cake Tea',
              'menu_json: items by position, without the deleted')
FROM document d;
SELECT tap.is((SELECT string_agg(o ->> 'name', ' ') FROM json_array_elements(d.menu #> '{categories,0,items,0,options}') AS o), 'Size Bread',
              'menu_json: options by position, without the deleted')
FROM document d;
SELECT tap.is((SELECT string_agg((v ->> 'name') || ' ' || (v -> 'price_modifier')::text, ', ')
               FROM json_array_elements(d.menu #> '{categories,0,items,0,options,0,values}') AS v),
              'Small -2500, Usual 0, Large 5000', 'menu_json: values by position, without the deleted')
FROM document d;
SELECT tap.unalike(d.menu::text, '%Gone%', 'menu_json: nothing of what is deleted') FROM document d;
SELECT tap.is(tap.missing(d.menu #> '{categories,0}', 'id name description position items'), '', 'menu_json: a category''s members')
FROM document d;
SELECT tap.is(tap.missing(d.menu #> '{categories,0,items,0}',
    'id name description price tags allergens image_url is_available station tax_rate_ppm position options'), '',
    'menu_json: an item''s members')
FROM document d;
SELECT tap.is(tap.missing(d.menu #> '{categories,0,items,0,options,0}', 'id name min_select max_select values'), '',
              'menu_json: an option''s members')
FROM document d;
SELECT tap.is(tap.missing(d.menu #> '{categories,0,items,0,options,0,values,0}', 'id name price_modifier is_default is_available'), '',
              'menu_json: a value''s members')
FROM document d;
SELECT tap.is((SELECT string_agg((i -> 'price')::text || ' at ' || (i -> 'tax_rate_ppm')::text, ', ')
               FROM json_array_elements(d.menu #> '{categories,0,items}') AS i),
              '24900 at 0, 0 at 88750, 9007199254740991 at 50000', 'menu_json: prices to the last digit, with the rate that holds')
FROM document d;
SELECT tap.is((d.menu -> 'menu_version')::text, '7', 'menu_json: the version is a number') FROM document d;
SELECT tap.is((d.menu #> '{categories,0,items,0,tags}')::text || (d.menu #> '{categories,0,items,2,tags}')::text, '[]["hot"]',
              'menu_json: tags are a list')
FROM document d;
SELECT tap.is((d.menu #> '{categories,0,items,1,options}')::text || (d.menu #> '{categories,0,items,0,options,1,values}')::text
              || (d.menu #> '{categories,2,items}')::text, '[][][]', 'menu_json: what has none has an empty list')
FROM document d;
SELECT tap.is((d.menu #> '{categories,0,items,1,is_available}')::text, 'false', 'menu_json: what is not available is shown as that')
FROM document d;
SELECT tap.is(tap.answer('A', format('public.menu_json(%L)', tap.id('B', 'restaurant')))::text, NULL,
              'menu_json: another restaurant''s menu is not there');

-- A session.

SELECT tap.is(tap.missing(d.session, 'id restaurant_id table_id status created_at expires_at closed_at version diners'), '',
              'session_json: the session''s members')
FROM document d;
SELECT tap.is((SELECT string_agg((u ->> 'display_name') || ' ' || (u ->> 'joined_at'), ', ') FROM json_array_elements(d.session -> 'diners') AS u),
              'Asha 2030-01-01T12:00:01.234Z, Ben 2030-01-01T12:00:02.000Z', 'session_json: its diners in the order they came')
FROM document d;
SELECT tap.unalike(d.session::text, '%pin%', 'session_json: nothing of its PIN') FROM document d;
SELECT tap.is(d.session ->> 'status', 'active', 'session_json: active') FROM document d;
UPDATE public.sessions SET expires_at = now() WHERE id = tap.id('A', 'session');
SELECT tap.is(format('%s %s', x ->> 'status', x ->> 'overdue'), 'active true', 'session_json: overdue once its time is up, while something is due')
FROM tap.answer('A', format('public.session_json(%L, %L)', tap.id('A', 'restaurant'), tap.id('A', 'session'))) AS x;
UPDATE public.orders SET status = 'cancelled' WHERE session_id = tap.id('A', 'session');
SELECT tap.is(format('%s %s', x ->> 'status', x ->> 'overdue'), 'expired false', 'session_json: expired once its time is up, with nothing due')
FROM tap.answer('A', format('public.session_json(%L, %L)', tap.id('A', 'restaurant'), tap.id('A', 'session'))) AS x;
UPDATE public.sessions SET expires_at = now() - interval '2 hours', pushed_at = now(), version = version WHERE id = tap.id('A', 'session');
SELECT tap.is(tap.answer('A', format('public.session_json(%L, %L)', tap.id('A', 'restaurant'), tap.id('A', 'session'))) ->> 'version', '2',
              'session_json: what staff set raises the version, a push does not');
UPDATE public.sessions SET status = 'closed', closed_at = now() WHERE id = tap.id('A', 'session');
SELECT tap.is(tap.answer('A', format('public.session_json(%L, %L)', tap.id('A', 'restaurant'), tap.id('A', 'session'))) ->> 'status', 'closed',
              'session_json: closed, expired or not');
SELECT tap.is(tap.answer('A', format('public.session_json(%L, %L)', tap.id('A', 'restaurant'), tap.id('B', 'session')))::text, NULL,
              'session_json: another restaurant''s session is not there');

SELECT * FROM tap.finish();
ROLLBACK;
