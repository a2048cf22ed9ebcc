// A past for many restaurants: the groups of model.mjs, copied by SQL over a
// year of business days.
//
// A copy is a group's rows with another restaurant, table, day and order number,
// and with the times and the ids that are made of times (version 7) moved by the
// same span. An id's random part stays, so rows that name each other still do,
// and no statement has to look one up. Columns are those the catalog names: a
// new column is copied as it is.
//
// Copies are numbered in the order of time, one restaurant after the other, so
// that rows lie in the tables in the order of time. Of ids within jsonb those of a document's lines
// are moved, too, since reports read them; others (the activity's details) stay the model's.
import { model, ordersInGroup, playModel } from './model.mjs';
import { numbered } from './restaurants.mjs';

const days = 365;
const firstHour = 11, openHours = 12; // when guests come, local time

// What the product removes after a day or two, and what each copy has for itself.
const passing = ['idempotency_keys', 'events', 'sync_logs', 'sync_queue', 'refresh_tokens', 'event_tickets', 'order_counters'];

// The tables with a restaurant's rows: [[table, [{table, name, type}]]].
function ownedTables(stack) {
  const tables = new Map();
  for (const [table, name, type] of stack.sql(`
    SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c
    JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' ORDER BY c.table_name, c.ordinal_position`))
    tables.set(table, [...(tables.get(table) ?? []), { table, name, type }]);
  return [...tables].filter(([table, columns]) => !passing.includes(table) && columns.some((c) => c.name === 'restaurant_id'));
}

const names = (columns) => columns.filter((c) => c.type === 'uuid' && c.name !== 'restaurant_id').map((c) => c.name);

// The ids that belong to a group: those played, and of every row that names one.
function findMembers(stack, played, tables) {
  const rows = played.flatMap((ids, g) => ids.map((id) => `('${id}'::uuid, ${g})`));
  stack.sql(`CREATE SCHEMA past; CREATE TABLE past.member (id uuid PRIMARY KEY, g integer);
    INSERT INTO past.member VALUES ${rows.join(', ')}`);
  for (let found = -1, before; found !== before;) {
    before = found;
    for (const [table, columns] of tables)
      if (columns.some((c) => c.name === 'id'))
        stack.sql(`INSERT INTO past.member SELECT t.id, m.g FROM ${table} t
          JOIN past.member m ON m.id IN (${names(columns).map((name) => `t.${name}`)})
          JOIN restaurants r ON r.id = t.restaurant_id AND r.slug = '${model}' ON CONFLICT DO NOTHING`);
    found = Number(stack.sqlValue('SELECT count(*) FROM past.member'));
  }
}

// An id of a group as two columns more: its time, NULL where it is no group's, and its rest.
const halves = (name) => `, CASE WHEN EXISTS (SELECT FROM past.member m WHERE m.id = t.${name})
    THEN ('x' || lpad(left(replace(t.${name}::text, '-', ''), 12), 16, '0'))::bit(64)::bigint END AS ${name}_ms
  , substr(replace(t.${name}::text, '-', ''), 13) AS ${name}_rest`;

// A document's lines, each with the id of the copy's.
const movedLines = `(SELECT jsonb_agg(e.line || jsonb_build_object('id',
    ('0' || to_hex(('x' || lpad(left(h.hex, 12), 16, '0'))::bit(64)::bigint + s.ms) || substr(h.hex, 13))::uuid) ORDER BY e.n)
  FROM jsonb_array_elements(m.lines) WITH ORDINALITY AS e (line, n)
  CROSS JOIN LATERAL (SELECT replace(e.line ->> 'id', '-', '') AS hex) h)`;

// What a column of a copy is.
function valueOf({ table, name, type }) {
  if (name === 'restaurant_id') return 's.restaurant_id';
  if (name === 'table_id') return 'CASE WHEN m.table_id IS NOT NULL THEN s.table_id END';
  if (name === 'business_date') return 's.day';
  if (name === 'lines' && table === 'order_adjustments') return movedLines;
  if (name === 'order_number' && table === 'orders') return 's.number + m.place';
  if (type === 'uuid') return `CASE WHEN m.${name}_ms IS NULL THEN m.${name} ELSE ('0' || to_hex(m.${name}_ms + s.ms) || m.${name}_rest)::uuid END`;
  if (type === 'timestamp with time zone') return `m.${name} + s.span`;
  return `m.${name}`;
}

// Copies and what is the same in all rows of each.
const copies = (from, to, { first, restaurants, tables, groups, perRestaurant }) => `
  SELECT z.*, (z.begins - z.began) AS span, (extract(epoch FROM z.begins - z.began) * 1000)::bigint AS ms
  FROM (
    SELECT y.r, y.g, ${numbered('restaurant', `(${first} + y.r)`)} AS restaurant_id, ${numbered('table', `(1 + y.q % ${tables})`)} AS table_id,
      y.day, y.nth * ${ordersInGroup} AS number, b.began,
      (y.day + time '${firstHour}:00') AT TIME ZONE b.timezone + y.nth * interval '${Math.floor(openHours * 3600e3 / Math.ceil(perRestaurant / days))} ms' AS begins
    FROM (
      SELECT x.r, x.q, (x.q + x.r) % ${groups} AS g, current_date - ${days} + x.d AS day,
        x.q - (x.d * ${perRestaurant}::bigint + ${days - 1}) / ${days} AS nth
      FROM (
        SELECT (c % ${restaurants})::integer AS r, c / ${restaurants} AS q, (c / ${restaurants} * ${days} / ${perRestaurant})::integer AS d
        FROM generate_series(${from}::bigint, ${to - 1}::bigint) AS c OFFSET 0) AS x OFFSET 0) AS y
    JOIN past.beginning b ON b.g = y.g OFFSET 0) AS z OFFSET 0`;

/**
 * Plays the model; what fillPast() needs of it. orders: in all restaurants
 * together, of more lines each if they are large. The restaurants are there already, of restaurants.mjs.
 */
export async function preparePast(stack, { first, restaurants, tables, orders, large, groups = 24 }) {
  const perRestaurant = Math.ceil(orders / restaurants / ordersInGroup);
  const all = ownedTables(stack);
  findMembers(stack, await playModel(stack, groups, large), all);
  const copied = [];
  for (const [table, columns] of all) {
    const ids = names(columns);
    if (ids.length === 0) continue;
    const place = table === 'orders' ? ', row_number() OVER (PARTITION BY g.g ORDER BY t.order_number) AS place' : '';
    stack.sql(`CREATE TABLE past.${table} AS SELECT t.*, g.g${ids.map(halves).join('')}${place} FROM ${table} t
      JOIN LATERAL (SELECT min(m.g) AS g FROM past.member m WHERE m.id IN (${ids.map((name) => `t.${name}`)})) AS g ON g.g IS NOT NULL
      JOIN restaurants r ON r.id = t.restaurant_id AND r.slug = '${model}'; ANALYZE past.${table}`);
    if (stack.sqlValue(`SELECT count(*) FROM past.${table}`) !== '0') copied.push([table, columns]);
  }
  // To the millisecond, as ids have it.
  stack.sql(`CREATE TABLE past.beginning AS
    SELECT o.g, date_trunc('milliseconds', min(o.created_at)) AS began, min(r.timezone) AS timezone
    FROM past.orders o JOIN restaurants r ON r.id = o.restaurant_id GROUP BY 1; ANALYZE past.beginning`);
  return { first, restaurants, tables, groups, perRestaurant, copied, copies: restaurants * perRestaurant, orders: restaurants * perRestaurant * ordersInGroup };
}

/** The SQL that writes the copies from one number to before another. */
export const fillPast = (past, from, to) => `
  BEGIN;
  SET LOCAL session_replication_role = replica;
  CREATE TEMP TABLE copies ON COMMIT DROP AS ${copies(from, to, past)};
  ANALYZE copies;
  ${past.copied.map(([table, columns]) => {
    const own = columns.filter((c) => c.type !== 'xid8'); // that of the transaction which writes it
    return `INSERT INTO ${table} (${own.map((c) => c.name)}) SELECT ${own.map(valueOf)}
      FROM copies s JOIN past.${table} m ON m.g = s.g;`;
  }).join('\n')}
  COMMIT;`;

/** The SQL that counts what was copied, and drops the model's own copies. */
export const endPast = ({ first, restaurants, perRestaurant }) => `
  INSERT INTO order_counters (restaurant_id, business_date, last_number)
  SELECT ${numbered('restaurant', `(${first} + r)`)}, current_date - ${days} + d, count(*) * ${ordersInGroup}
  FROM generate_series(0, ${restaurants - 1}) AS r
  CROSS JOIN LATERAL (SELECT (q::bigint * ${days} / ${perRestaurant})::integer AS d FROM generate_series(0, ${perRestaurant - 1}) AS q) AS x
  GROUP BY r, d;
  DROP SCHEMA past CASCADE;`;

