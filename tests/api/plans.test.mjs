// What a request reads of the database does not grow with other restaurants.
// The plans are those of the workers' own statements, and of the triggers,
// functions and foreign keys behind them, as PostgreSQL notes them while a walk
// visits every route: once with a few restaurants beside it, once with many.
//
// Tables are small here, so scans of whole tables are forbidden to the planner:
// what it scans nevertheless has no index. bench/grow.mjs measures it at size.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { nodesOf, notePlans, plain, plansOf } from './lib/plans.mjs';
import { root, startStack } from './lib/stack.mjs';
import { walk } from './lib/walk.mjs';

const few = 3, many = 60;
const model = 'spice-garden';

let stack, withFew, withMany, owned;

/** A restaurant with all that the model has, under the same ids. */
function copies(from, to) {
  const restaurant = (of) => `('018cc251-f400-72ff-8000-' || lpad(${of}::text, 12, '0'))::uuid`;
  const all = `FROM generate_series(${from}, ${to}) AS n, LATERAL (SELECT * FROM restaurants r WHERE r.slug = '${model}') AS r`;
  stack.sql(`SET session_replication_role = replica;
    INSERT INTO slugs SELECT 'copy-' || n, ${restaurant('n')} FROM generate_series(${from}, ${to}) AS n;
    ${owned.map((table) => `INSERT INTO ${table} SELECT c.* ${all} JOIN ${table} t ON t.restaurant_id = r.id
      CROSS JOIN LATERAL jsonb_populate_record(t, jsonb_build_object('restaurant_id', ${restaurant('n')})) AS c;`).join('\n')}
    INSERT INTO restaurants SELECT c.* ${all}
    CROSS JOIN LATERAL jsonb_populate_record((SELECT x FROM restaurants x WHERE x.id = r.id), jsonb_build_object('id', ${restaurant('n')}, 'slug', 'copy-' || n)) AS c;
    ANALYZE`);
}

// Statements that are not planned: they begin and end transactions.
const isPlanned = (sql) => /^(SELECT|INSERT|UPDATE|DELETE|WITH)\b/.test(sql);

// How far the mirror is behind is told of all restaurants together (/health): it
// counts what waits to be sent, which is as much as a minute brings.
const overAll = (text) => /FROM public\.sync_logs l WHERE l\.convex_sync_status = '(pending|dead)'/.test(text);

// ---- What a plan touches

const isScan = (node) => node['Relation Name'] !== undefined && !/Modify|Lock/.test(node['Node Type']);

const rowsOf = (node) => node['Actual Loops'] *
  (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0));

const rowsTouched = ({ plan }) => nodesOf(plan).filter(isScan).reduce((sum, node) => sum + rowsOf(node), 0);

/** The most rows that each statement touched in a walk, by its text. */
function most(plans) {
  const of = new Map();
  for (const entry of plans) of.set(entry.text, Math.max(of.get(entry.text) ?? 0, rowsTouched(entry)));
  return of;
}

// How each table is entered: those of tenants by the tenant.
const doors = { restaurants: /\(id = /, slugs: /\(slug = /, sync_state: /\(name = / };
const door = (table) => doors[table] ?? /\(restaurant_id = /;

/** Scans of a plan that do not begin with the tenant, as text. */
function straying({ text, plan }) {
  const wrong = [];
  const look = (node, table) => {
    const relation = node['Relation Name'] ?? table;
    const type = node['Node Type'];
    if (type === 'Seq Scan' || (/Index/.test(type) && !door(relation).test(node['Index Cond'] ?? '')))
      wrong.push(`${type} of ${relation}, ${node['Index Cond'] ?? 'no condition'}: ${text.slice(0, 200)}`);
    for (const child of node.Plans ?? []) look(child, relation);
  };
  look(plan);
  return wrong;
}

before(async () => {
  stack = await startStack();
  owned = stack.sql(`SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.column_name = 'restaurant_id' AND c.table_name NOT IN ('slugs', 'events')`).flat();
  await walk(stack, model, [0, 1, 2, 3], 'model');
  copies(1, few);
  await notePlans(stack, { enable_seqscan: 'off' });
  const visit = (n) => plansOf(stack, () => walk(stack, `copy-${n}`, [4, 5, 6, 7], `copy ${n}`.replace(' ', '-')));
  withFew = await visit(1);
  copies(few + 1, many);
  withMany = await visit(2);
});
after(() => stack?.stop());

test('the walk runs every statement that the workers have', () => {
  const files = readdirSync(join(root, 'sql/statements')).map((name) => [name, plain(readFileSync(join(root, 'sql/statements', name), 'utf8'))]);
  const missing = (plans) => files.filter(([, sql]) => isPlanned(sql) && !plans.some((p) => p.text === sql)).map(([name]) => name);
  assert.deepEqual(missing(withFew), [], 'tests/api/lib/walk.mjs visits nothing that needs these');
  assert.deepEqual(missing(withMany), []);
  assert.equal(files.filter(([, sql]) => !isPlanned(sql)).length, 4);
});

test('every scan begins with the tenant', () => {
  assert.deepEqual([...new Set([...withFew, ...withMany].filter((p) => !overAll(p.text)).flatMap(straying))], []);
});

test('no statement touches more rows for the many restaurants beside it', () => {
  const before = most(withFew), grown = [];
  for (const [text, rows] of most(withMany)) {
    assert.ok(before.has(text), `was not run with few: ${text}`);
    if (rows > before.get(text) && !overAll(text)) grown.push(`${before.get(text)} rows, then ${rows}: ${text}`);
  }
  assert.deepEqual(grown, []);
  // What it compares is there: the tables have grown, and statements read rows.
  assert.ok(Number(stack.sqlValue('SELECT count(DISTINCT restaurant_id) FROM orders')) > many);
  assert.ok([...before.values()].filter((rows) => rows > 0).length > 100);
});

test('a statement that looks through all restaurants is seen', async () => {
  const text = "SELECT count(*) FROM orders o WHERE o.restaurant_id::text LIKE '%1'";
  const [entry] = (await plansOf(stack, () => execFileSync('psql', ['-XAtq', '-d', stack.database_url.replace('postgres@', 'orderzap_app@'), '-c', text])))
    .filter((p) => p.text === text);
  assert.equal(straying(entry).length, 1);
  assert.ok(rowsTouched(entry) > many, JSON.stringify(entry.plan));
});
