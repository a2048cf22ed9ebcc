-- No document is of a closed business day, whoever writes; and what was kept of it never changes.
BEGIN;
CREATE SCHEMA IF NOT EXISTS tap;
CREATE EXTENSION IF NOT EXISTS pgtap SCHEMA tap;
SET LOCAL search_path = tap, public;
SET LOCAL client_min_messages = warning;

\ir fixture.sql

DO $$ BEGIN PERFORM tap.fixture('A'); PERFORM tap.fixture('B'); END $$;

SELECT tap.plan(38);

-- Each kind of document, as a row like the fixture's with another key, on a day.
CREATE FUNCTION tap.copy(relation text, key uuid, day date) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  changes jsonb := jsonb_build_object('id', gen_random_uuid(), 'business_date', day);
BEGIN
  IF relation = 'orders' THEN
    changes := changes || jsonb_build_object('order_number', 9000 + (SELECT count(*) FROM public.orders));
  END IF;
  IF relation = 'receipts' THEN
    changes := changes || jsonb_build_object('number', 9000 + (SELECT count(*) FROM public.receipts));
  END IF;
  EXECUTE format('INSERT INTO public.%1$I SELECT (jsonb_populate_record(t, $1)).* FROM public.%1$I t WHERE t.id = $2', relation)
    USING changes, key;
  RETURN 'written';
EXCEPTION WHEN SQLSTATE 'OZ002' THEN
  RETURN SQLERRM;
END
$$;

CREATE TEMPORARY TABLE documents (relation text, key uuid);
INSERT INTO documents VALUES ('orders', tap.id('A', 'order')), ('order_adjustments', tap.id('A', 'adjustment')),
  ('payments', tap.id('A', 'payment')), ('refunds', tap.id('A', 'refund')), ('allocation_moves', tap.id('A', 'allocation move')), ('receipts', tap.id('A', 'receipt')), ('drawer_movements', tap.id('A', 'movement'));

UPDATE restaurants SET closed_through = date '2026-03-14' WHERE id = tap.id('A', 'restaurant');

SELECT tap.is(tap.copy(d.relation, d.key, date '2026-03-14'), 'business day 2026-03-14 is closed', d.relation || ' of a closed day')
FROM documents d;
SELECT tap.is(tap.copy(d.relation, d.key, date '2025-01-01'), 'business day 2025-01-01 is closed', d.relation || ' of a day before')
FROM documents d;
SELECT tap.is(tap.copy(d.relation, d.key, date '2026-03-15'), 'written', d.relation || ' of the next day') FROM documents d;

-- Another restaurant's day is another's.
SELECT tap.is(tap.copy('orders', tap.id('B', 'order'), date '2026-03-14'), 'written', 'another restaurant has not closed it');

-- What a day's figures count stays.
SELECT tap.lives_ok(format('UPDATE restaurants SET closed_through = date %L WHERE id = %L', (
  SELECT max(p.business_date) FROM payments p WHERE p.restaurant_id = tap.id('A', 'restaurant')), tap.id('A', 'restaurant')), 'a later day is closed');
SELECT tap.throws_ok(format('UPDATE payments SET voided_at = now(), void_reason = ''x'' WHERE id = %L', tap.id('A', 'payment')), 'OZ002', NULL,
  'a payment of it does not become void');
SELECT tap.lives_ok(format('UPDATE payments SET refunded_amount = refunded_amount WHERE id = %L', tap.id('A', 'payment')), 'what is given back later may be noted');
SELECT tap.lives_ok(format('UPDATE orders SET status = ''served'' WHERE id = %L', tap.id('A', 'order')), 'states move on');
SELECT tap.throws_ok(format('UPDATE restaurants SET closed_through = closed_through - 1 WHERE id = %L', tap.id('A', 'restaurant')), 'OZ002', NULL,
  'a closed day is not opened again');
SELECT tap.throws_ok(format('UPDATE restaurants SET closed_through = NULL WHERE id = %L', tap.id('A', 'restaurant')), 'OZ002', NULL, 'nor are all of them');

-- A close, as the application does it.
CREATE FUNCTION tap.as_app(statement text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  answer text;
BEGIN
  PERFORM public.set_tenant(tap.id('A', 'restaurant'));
  SET LOCAL ROLE orderzap_app;
  EXECUTE statement INTO answer;
  RESET ROLE;
  RETURN coalesce(answer, 'null');
EXCEPTION WHEN OTHERS THEN
  RESET ROLE;
  RETURN SQLSTATE;
END
$$;
SELECT tap.isnt(tap.as_app(format('SELECT close_day(%L, date ''2099-12-01'', NULL, true)::text', tap.id('A', 'restaurant'))), '42501',
  'the application closes a day');
SELECT tap.is(tap.as_app('SELECT b.number FROM business_days b WHERE b.business_date = ''2099-12-01'''), '2', 'it is the second, after the fixture''s');
SELECT tap.is(tap.as_app('UPDATE business_days SET number = 7 RETURNING number'), '42501', 'the application may not change it');
SELECT tap.is(tap.as_app('DELETE FROM day_sales RETURNING key'), '42501', 'nor what was kept of it');
SELECT tap.throws_ok('UPDATE business_days SET number = 7', 'OZ001', NULL, 'nor may anybody else');
SELECT tap.throws_ok(format('INSERT INTO business_days (restaurant_id, business_date, id, number, was_forced, report) VALUES (%L, ''2019-01-01'', gen_random_uuid(), 999, false, ''{}'')', tap.id('A', 'restaurant')), 'OZ002', NULL, 'nor add one before it');
SELECT tap.throws_ok('INSERT INTO day_sales SELECT (jsonb_populate_record(s, jsonb_build_object(''key'', ''more''))).* FROM day_sales s WHERE s.business_date = ''2099-12-01'' LIMIT 1', 'OZ002', NULL, 'nor figures to it');
SELECT tap.throws_ok('DELETE FROM business_days', 'OZ001', NULL, 'nor remove it');
SELECT tap.ok((SELECT count(*) > 0 FROM day_sales), 'there are figures of it');
SELECT tap.throws_ok('UPDATE day_sales SET paid = paid + 1', 'OZ001', NULL, 'they stay');

SELECT * FROM tap.finish();
ROLLBACK;
