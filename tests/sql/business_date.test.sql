-- The business day of a moment: by the restaurant's own clocks, also on the
-- days when these change.
BEGIN;
CREATE SCHEMA IF NOT EXISTS tap;
CREATE EXTENSION IF NOT EXISTS pgtap SCHEMA tap;
SET LOCAL search_path = tap, public;
SET LOCAL client_min_messages = warning;
SELECT plan(90);

-- Each moment in UTC, the local time it is there, and the business day.
CREATE FUNCTION tap.day(zone text, day_start time, moment timestamptz, wanted date) RETURNS text
LANGUAGE sql AS $$
  SELECT tap.is(public.business_date(moment, zone, day_start), wanted,
                format('%s, day from %s: %s is %s', zone, to_char(day_start, 'HH24:MI'), moment,
                       moment AT TIME ZONE zone))
$$;

-- An ordinary day.
SELECT tap.day(x.zone, x.day_start, x.moment, x.wanted)
FROM (VALUES
  ('Asia/Kolkata', '04:00'::time, '2026-11-21 22:29:59.999999Z'::timestamptz, '2026-11-21'::date),
  ('Asia/Kolkata', '04:00', '2026-11-21 22:30:00Z', '2026-11-22'),
  ('Asia/Kolkata', '00:00', '2026-11-21 18:29:59.999999Z', '2026-11-21'),
  ('Asia/Kolkata', '00:00', '2026-11-21 18:30:00Z', '2026-11-22'),
  ('Asia/Kolkata', '23:59', '2026-11-22 18:28:59Z', '2026-11-21'),
  ('Asia/Kolkata', '23:59', '2026-11-22 18:29:00Z', '2026-11-22'),
  ('Asia/Kathmandu', '04:30', '2026-11-21 22:44:59Z', '2026-11-21'),
  ('Asia/Kathmandu', '04:30', '2026-11-21 22:45:00Z', '2026-11-22'),
  ('UTC', '04:00', '2024-02-29 03:59:59Z', '2024-02-28'),
  ('UTC', '04:00', '2024-03-01 03:59:59Z', '2024-02-29'),
  ('UTC', '04:00', '2026-01-01 03:59:59Z', '2025-12-31'),
  ('UTC', '04:00', '2026-01-01 04:00:00Z', '2026-01-01'),
  ('Pacific/Kiritimati', '04:00', '2026-11-21 13:59:59Z', '2026-11-21'),
  ('Pacific/Kiritimati', '04:00', '2026-11-21 14:00:00Z', '2026-11-22'),
  ('Pacific/Niue', '04:00', '2026-11-22 14:59:59Z', '2026-11-21'),
  ('Pacific/Niue', '04:00', '2026-11-22 15:00:00Z', '2026-11-22'))
  AS x (zone, day_start, moment, wanted);

-- Rome, clocks forward on 29 March 2026 at 01:00 UTC, back on 25 October.
SELECT tap.day('Europe/Rome', x.day_start, x.moment, x.wanted)
FROM (VALUES
  ('04:00'::time, '2026-03-28 02:59:59Z'::timestamptz, '2026-03-27'::date),
  ('04:00', '2026-03-28 03:00:00Z', '2026-03-28'),
  ('04:00', '2026-03-29 00:59:59Z', '2026-03-28'),
  ('04:00', '2026-03-29 01:00:00Z', '2026-03-28'),
  ('04:00', '2026-03-29 01:59:59Z', '2026-03-28'),
  ('04:00', '2026-03-29 02:00:00Z', '2026-03-29'),
  ('04:00', '2026-03-30 01:59:59Z', '2026-03-29'),
  ('04:00', '2026-03-30 02:00:00Z', '2026-03-30'),
  ('00:00', '2026-03-28 22:59:59Z', '2026-03-28'),
  ('00:00', '2026-03-28 23:00:00Z', '2026-03-29'),
  ('00:00', '2026-03-29 00:59:59Z', '2026-03-29'),
  ('00:00', '2026-03-29 01:00:00Z', '2026-03-29'),
  ('00:00', '2026-03-29 21:59:59Z', '2026-03-29'),
  ('00:00', '2026-03-29 22:00:00Z', '2026-03-30'),
  ('02:30', '2026-03-29 00:59:59Z', '2026-03-28'),
  ('02:30', '2026-03-29 01:00:00Z', '2026-03-29'),
  ('04:00', '2026-10-24 01:59:59Z', '2026-10-23'),
  ('04:00', '2026-10-24 02:00:00Z', '2026-10-24'),
  ('04:00', '2026-10-25 00:30:00Z', '2026-10-24'),
  ('04:00', '2026-10-25 01:30:00Z', '2026-10-24'),
  ('04:00', '2026-10-25 02:59:59Z', '2026-10-24'),
  ('04:00', '2026-10-25 03:00:00Z', '2026-10-25'),
  ('04:00', '2026-10-26 02:59:59Z', '2026-10-25'),
  ('00:00', '2026-10-24 21:59:59Z', '2026-10-24'),
  ('00:00', '2026-10-24 22:00:00Z', '2026-10-25'),
  ('00:00', '2026-10-25 00:30:00Z', '2026-10-25'),
  ('00:00', '2026-10-25 01:30:00Z', '2026-10-25'),
  ('00:00', '2026-10-25 22:59:59Z', '2026-10-25'),
  ('00:00', '2026-10-25 23:00:00Z', '2026-10-26'),
  -- within the hour that comes twice the day begins once, and does not end again
  ('02:30', '2026-10-25 00:29:59Z', '2026-10-24'),
  ('02:30', '2026-10-25 00:30:00Z', '2026-10-25'),
  ('02:30', '2026-10-25 00:59:59Z', '2026-10-25'),
  ('02:30', '2026-10-25 01:00:00Z', '2026-10-25'),
  ('02:30', '2026-10-25 01:29:59Z', '2026-10-25'),
  ('02:00', '2026-10-24 23:59:59Z', '2026-10-24'),
  ('02:00', '2026-10-25 00:00:00Z', '2026-10-25'),
  ('02:00', '2026-10-25 01:00:00Z', '2026-10-25'),
  ('03:00', '2026-10-25 01:59:59Z', '2026-10-24'),
  ('03:00', '2026-10-25 02:00:00Z', '2026-10-25'),
  ('02:30', '2026-10-25 01:30:00Z', '2026-10-25'))
  AS x (day_start, moment, wanted);

-- New York, forward on 8 March 2026 at 07:00 UTC, back on 1 November at 06:00.
SELECT tap.day('America/New_York', x.day_start, x.moment, x.wanted)
FROM (VALUES
  ('04:00'::time, '2026-03-08 07:00:00Z'::timestamptz, '2026-03-07'::date),
  ('04:00', '2026-03-08 07:59:59Z', '2026-03-07'),
  ('04:00', '2026-03-08 08:00:00Z', '2026-03-08'),
  ('00:00', '2026-03-08 04:59:59Z', '2026-03-07'),
  ('00:00', '2026-03-08 05:00:00Z', '2026-03-08'),
  ('00:00', '2026-03-09 04:00:00Z', '2026-03-09'),
  ('04:00', '2026-11-01 05:30:00Z', '2026-10-31'),
  ('04:00', '2026-11-01 06:30:00Z', '2026-10-31'),
  ('04:00', '2026-11-01 09:00:00Z', '2026-11-01'),
  ('00:00', '2026-11-01 03:59:59Z', '2026-10-31'))
  AS x (day_start, moment, wanted);

-- Elsewhere: half an hour comes twice on Lord Howe, the last one of a day in Santiago.
SELECT tap.day(x.zone, x.day_start, x.moment, x.wanted)
FROM (VALUES
  ('America/New_York', '01:30'::time, '2026-11-01 05:29:59Z'::timestamptz, '2026-10-31'::date),
  ('America/New_York', '01:30', '2026-11-01 05:30:00Z', '2026-11-01'),
  ('America/New_York', '01:30', '2026-11-01 06:15:00Z', '2026-11-01'),
  ('America/Santiago', '23:30', '2026-04-05 02:29:59Z', '2026-04-03'),
  ('America/Santiago', '23:30', '2026-04-05 02:30:00Z', '2026-04-04'),
  ('America/Santiago', '23:30', '2026-04-05 03:15:00Z', '2026-04-04'),
  ('America/Santiago', '23:30', '2026-04-06 03:30:00Z', '2026-04-05'),
  ('Australia/Lord_Howe', '01:45', '2026-04-04 14:44:59Z', '2026-04-04'),
  ('Australia/Lord_Howe', '01:45', '2026-04-04 14:45:00Z', '2026-04-05'),
  ('Australia/Lord_Howe', '01:45', '2026-04-04 15:10:00Z', '2026-04-05'))
  AS x (zone, day_start, moment, wanted);

-- Whenever the clocks of any zone change: the day is the latest that the clock on the wall ever
-- told, and so never goes back. Around each change, by ten minutes, for the starts around it.
CREATE TEMP TABLE changes AS
SELECT w.zone, h.at AS moment
FROM (
  SELECT z.name AS zone, g.at
  FROM pg_timezone_names z
  CROSS JOIN generate_series('1990-01-01Z'::timestamptz, '2030-01-01Z', '1 week') AS g (at)
  WHERE z.name LIKE '%/%' AND z.name NOT LIKE 'posix/%' AND z.name NOT LIKE 'Etc/%'
    AND (g.at AT TIME ZONE z.name) + interval '1 week' <> (g.at + interval '1 week') AT TIME ZONE z.name
    AND (g.at >= '2020-01-01Z' OR z.name IN ('Europe/Rome', 'America/New_York', 'America/Santiago',
      'Australia/Lord_Howe', 'Africa/Casablanca', 'Asia/Tehran', 'Antarctica/Casey', 'Antarctica/Troll', 'Pacific/Apia',
      'Asia/Gaza', 'America/Caracas', 'Asia/Pyongyang', 'Europe/Istanbul', 'Africa/Cairo', 'America/St_Johns'))) w
CROSS JOIN generate_series(0, 335) AS n
CROSS JOIN LATERAL (SELECT w.at + n * interval '30 minutes' AS at) h
WHERE (h.at AT TIME ZONE w.zone) + interval '30 minutes' <> (h.at + interval '30 minutes') AT TIME ZONE w.zone;
SELECT tap.cmp_ok((SELECT count(*) FROM changes), '>', 1000::bigint, 'clocks change often enough');
SELECT tap.is_empty($q$
  SELECT * FROM (
    SELECT c.zone, s.day_start, c.moment + m AS moment, public.business_date(c.moment + m, c.zone, s.day_start) AS day,
      max(((c.moment + m) AT TIME ZONE c.zone - s.day_start::interval)::date)
        OVER (PARTITION BY c.zone, c.moment, s.day_start ORDER BY m) AS wanted
    FROM changes c
    CROSS JOIN generate_series(-30, 30) AS n
    CROSS JOIN LATERAL (SELECT n * interval '10 minutes' AS m) o
    CROSS JOIN LATERAL (
      SELECT DISTINCT (date_trunc('hour', c.moment AT TIME ZONE c.zone) + k * interval '15 minutes')::time AS day_start
      FROM generate_series(-12, 8, 3) AS k) s) d
  WHERE d.day <> d.wanted $q$, 'the business day is the latest that was reached, in every zone');

-- How many hours a business day has, counted moment by moment.
SELECT tap.results_eq(
  format($q$
    SELECT public.business_date(m, %L, %L) AS day, count(*) / 60.0
    FROM generate_series(%L::timestamptz, %L::timestamptz, '1 minute') AS m
    GROUP BY day HAVING count(*) <> 1440 AND count(*) > 600 ORDER BY day $q$, x.zone, x.day_start, x.first, x.last),
  format('VALUES (%L::date, %L::numeric)', x.day, x.hours),
  format('%s, day from %s: %s has %s hours', x.zone, x.day_start, x.day, x.hours))
FROM (VALUES
  ('Europe/Rome', '04:00', '2026-03-26 03:00Z', '2026-04-01 01:59Z', '2026-03-28', 23),
  ('Europe/Rome', '00:00', '2026-03-26 23:00Z', '2026-04-01 21:59Z', '2026-03-29', 23),
  ('Europe/Rome', '04:00', '2026-10-22 02:00Z', '2026-10-29 02:59Z', '2026-10-24', 25),
  ('Europe/Rome', '00:00', '2026-10-22 22:00Z', '2026-10-29 22:59Z', '2026-10-25', 25),
  ('America/New_York', '04:00', '2026-03-05 09:00Z', '2026-03-12 07:59Z', '2026-03-07', 23),
  ('America/New_York', '00:00', '2026-03-05 05:00Z', '2026-03-12 03:59Z', '2026-03-08', 23),
  ('America/New_York', '04:00', '2026-10-29 08:00Z', '2026-11-05 08:59Z', '2026-10-31', 25),
  ('America/New_York', '00:00', '2026-10-29 04:00Z', '2026-11-05 04:59Z', '2026-11-01', 25))
  AS x (zone, day_start, first, last, day, hours);

-- It follows the restaurant's clocks alone, not the connection's.
SET LOCAL timezone = 'Pacific/Auckland';
SELECT tap.is(public.business_date('2026-10-25 02:59:59Z', 'Europe/Rome', '04:00'), '2026-10-24'::date,
              'another time zone of the connection');
SET LOCAL timezone = 'Pacific/Niue';
SELECT tap.is(public.business_date('2026-10-25 03:00:00Z', 'Europe/Rome', '04:00'), '2026-10-25'::date,
              'another one, on its other side');

SELECT tap.hasnt_function('public', 'business_date', ARRAY['timestamp without time zone', 'text', 'time without time zone'],
                          'a local time has no business day by itself');
SELECT tap.volatility_is('public', 'business_date', ARRAY['timestamp with time zone', 'text', 'time without time zone'],
                         'stable', 'time zones may change with an update of theirs');

SELECT * FROM tap.finish();
ROLLBACK;
