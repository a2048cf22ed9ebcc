-- Drawers: open, counted once, and then as they were. What names one that was counted is refused,
-- whoever writes it.
BEGIN;
CREATE SCHEMA IF NOT EXISTS tap;
CREATE EXTENSION IF NOT EXISTS pgtap SCHEMA tap;
SET LOCAL search_path = tap, public;
SET LOCAL client_min_messages = warning;

\ir fixture.sql
\ir attempt.sql

DO $$ BEGIN PERFORM tap.fixture('A'); PERFORM tap.fixture('B'); END $$;

CREATE FUNCTION tap.closing(drawer text) RETURNS text
LANGUAGE sql AS $$
  SELECT format('UPDATE public.drawers SET closed_at = now(), closed_by = %L, closed_date = ''2030-01-01'', cash_paid = 1, cash_refunded = 0,
                 tips = 0, paid_in = 0, paid_out = 0, expected = 5001, counted = 4000 WHERE id = %L', tap.id('A', 'staff'), tap.id('A', drawer))
$$;

-- A payment, a refund and a movement that name a drawer.
CREATE FUNCTION tap.naming(what text, tenant text, drawer text) RETURNS text
LANGUAGE sql AS $$
  SELECT CASE what
    WHEN 'payment' THEN format('INSERT INTO public.payments (restaurant_id, id, session_id, amount, currency, method, drawer_id, business_date)
      VALUES (%L, gen_random_uuid(), %L, 1, ''INR'', ''cash'', %L, ''2030-01-01'')',
      tap.id('A', 'restaurant'), tap.id('A', 'session'), tap.id(tenant, drawer))
    WHEN 'refund' THEN format('INSERT INTO public.refunds (restaurant_id, id, payment_id, amount, reason, staff_id, drawer_id, business_date)
      VALUES (%L, gen_random_uuid(), %L, 1, ''cold'', %L, %L, ''2030-01-01'')',
      tap.id('A', 'restaurant'), tap.id('A', 'payment'), tap.id('A', 'staff'), tap.id(tenant, drawer))
    WHEN 'movement' THEN format('INSERT INTO public.drawer_movements (restaurant_id, id, drawer_id, amount, reason, staff_id, business_date)
      VALUES (%L, gen_random_uuid(), %L, 1, ''change'', %L, ''2030-01-01'')',
      tap.id('A', 'restaurant'), tap.id(tenant, drawer), tap.id('A', 'staff'))
  END
$$;

CREATE TEMPORARY TABLE kept AS
SELECT a.attname::text AS name
FROM pg_catalog.pg_attribute a
WHERE a.attrelid = 'public.drawers'::regclass AND a.attnum > 0 AND NOT a.attisdropped
  AND a.attname NOT IN ('closed_at', 'closed_by', 'closed_date', 'cash_paid', 'cash_refunded', 'tips', 'paid_in', 'paid_out', 'expected', 'counted', 'version', 'updated_at');

SELECT plan(2 * (SELECT count(*)::integer FROM kept) + 18);

-- The drawer itself.

SELECT tap.is(tap.attempt('orderzap_app', tap.closing('drawer')), '1 rows', 'an open one is counted');
SELECT tap.is(tap.attempt('orderzap_owner', tap.closing('counted drawer')), 'OZ001', 'a second time: not even by the owner');
SELECT tap.is(tap.attempt('orderzap_owner', format('UPDATE public.drawers SET counted = counted + 1 WHERE id = %L', tap.id('A', 'counted drawer'))), 'OZ001',
              'what was counted stays');
SELECT tap.is(tap.attempt('orderzap_owner', format('UPDATE public.drawers SET closed_at = NULL WHERE id = %L', tap.id('A', 'counted drawer'))), 'OZ001',
              'it is not opened again');
SELECT tap.is(tap.attempt('orderzap_owner', format('UPDATE public.drawers SET %1$I = %2$s WHERE id = %3$L', k.name,
                CASE k.name WHEN 'name' THEN '''Till''' WHEN 'currency' THEN '''EUR''' WHEN 'float_amount' THEN '1' WHEN 'business_date' THEN '''2030-01-02'''
                            WHEN 'opened_at' THEN 'now() - interval ''1 hour''' ELSE format('%L', tap.id('B', 'restaurant')) END, tap.id('A', 'drawer'))),
              'OZ001', k.name || ' of an open one stays, too')
FROM kept k ORDER BY k.name;
SELECT tap.is(tap.attempt('orderzap_app', format('UPDATE public.drawers SET %1$I = %1$I WHERE id = %2$L', k.name, tap.id('A', 'drawer'))), '42501',
              k.name || ': orderzap_app may not write it')
FROM kept k ORDER BY k.name;
SELECT tap.is(tap.attempt('orderzap_owner', format('DELETE FROM public.drawers WHERE id = %L', tap.id('A', d.name))), 'OZ001', d.name || ': the owner deletes none')
FROM (VALUES ('drawer'), ('counted drawer')) AS d (name);
SELECT tap.is(tap.attempt('orderzap_app', format('DELETE FROM public.drawers WHERE id = %L', tap.id('A', 'drawer'))), '42501', 'orderzap_app deletes none');

-- What names it.

SELECT tap.is(tap.attempt('orderzap_app', tap.naming(w.what, 'A', 'drawer')), '1 rows', 'a ' || w.what || ' of an open one')
FROM (VALUES ('payment'), ('refund'), ('movement')) AS w (what);
SELECT tap.is(tap.attempt('orderzap_app', tap.naming(w.what, 'A', 'counted drawer')), '40001', 'a ' || w.what || ' of one that was counted: begin again')
FROM (VALUES ('payment'), ('refund'), ('movement')) AS w (what);
SELECT tap.is(tap.attempt('orderzap_app', tap.naming(w.what, 'B', 'drawer')), '23503', 'a ' || w.what || ' of another restaurant''s')
FROM (VALUES ('payment'), ('refund'), ('movement')) AS w (what);
SELECT tap.is(tap.attempt('orderzap_app', format('DO $do$ BEGIN UPDATE public.payments SET voided_at = now() WHERE id = %L; END $do$', tap.id('A', 'payment'))), '0 rows',
              'a payment of an open one is made void');
SELECT tap.is(tap.attempt('orderzap_owner', format('DO $do$ BEGIN %s; UPDATE public.payments SET voided_at = now() WHERE id = %L; END $do$',
                                                   tap.closing('drawer'), tap.id('A', 'payment'))), '40001', 'a payment of one that was counted is not');

SELECT * FROM tap.finish();
ROLLBACK;
