// What a request reads of the database does not grow with other restaurants.
// The plans are those of the workers' own statements, and of the triggers,
// functions and foreign keys behind them, as PostgreSQL notes them while a walk
// visits every route: once with a few restaurants beside it, once with many.
//
// Scans of whole tables are forbidden to the planner, as always: what it scans
// nevertheless has no index. bench/grow.mjs measures it at size.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { copyRestaurant, tablesOfTenants } from './lib/copies.mjs';
import { isScan, missingOf, nodesOf, notePlans, plansOf, rowsOf, rowsTouched } from './lib/plans.mjs';
import { startStack } from './lib/stack.mjs';
import { walk } from './lib/walk.mjs';

const few = 3, many = 60;
const model = 'spice-garden';

let stack, withFew, withMany, owned;

// How far the mirror lags is shown for all restaurants together (/health): it
// counts what waits to be sent, which is as much as a minute brings.
const overAll = (text) => /FROM public\.sync_logs l WHERE l\.convex_sync_status = '(pending|dead)'/.test(text);

// ---- What a plan touches

// A statement with the way it went: the planner may go another one when tables grow.
// It may look up more or fewer columns of the same index.
const stepOf = (node) => [node['Node Type'], node['Index Name'] ?? '', node['Index Cond'] ?? ''].join(' ');
const wayOf = ({ text, plan }) => [text, ...nodesOf(plan).map(stepOf)].join('\n');

/** The most rows that each statement touched in a walk, by its way. */
function most(plans) {
  const of = new Map();
  for (const entry of plans) of.set(wayOf(entry), Math.max(of.get(wayOf(entry)) ?? 0, rowsTouched(entry)));
  return of;
}

// How each table is entered: those of tenants by the tenant.
const doors = { restaurants: /\(id = /, slugs: /\(slug = /, sync_state: /\(name = /, pg_proc: /\(proname = / };
const door = (table) => doors[table] ?? /\(restaurant_id = /;

/** Scans of a plan that do not begin with the tenant, as text. */
function straying({ text, plan }) {
  const wrong = [];
  const look = (node, table) => {
    const relation = node['Relation Name'] ?? table;
    const type = node['Node Type'];
    if (/^pg_/.test(relation)) return; // PostgreSQL's own, which know no tenants
    if (type === 'Seq Scan' || (/Index/.test(type) && !door(relation).test(node['Index Cond'] ?? '')))
      wrong.push(`${type} of ${relation}, ${node['Index Cond'] ?? 'no condition'}: ${text.slice(0, 200)}`);
    for (const child of node.Plans ?? []) look(child, relation);
  };
  look(plan);
  return wrong;
}

before(async () => {
  stack = await startStack();
  owned = tablesOfTenants(stack);
  await walk(stack, model, [0, 1, 2, 3], 'model');
  copyRestaurant(stack, model, 1, few);
  const visit = async (n) => {
    stack.sql('ANALYZE');
    await notePlans(stack);
    return plansOf(stack, () => walk(stack, `copy-${n}`, [4, 5, 6, 7], `copy-${n}`));
  };
  withFew = await visit(1);
  copyRestaurant(stack, model, few + 1, many);
  withMany = await visit(2);
});
after(() => stack?.stop());

test('the walk runs every statement that the workers have', () => {
  assert.deepEqual(missingOf(withFew), [], 'tests/api/lib/walk.mjs visits nothing that needs these');
  assert.deepEqual(missingOf(withMany), []);
});

test('every scan begins with the tenant', () => {
  assert.deepEqual([...new Set([...withFew, ...withMany].filter((p) => !overAll(p.text)).flatMap(straying))], []);
});

test('no scan touches more rows than the restaurant has', () => {
  const counts = [...owned, 'events'].map((table) => `SELECT '${table}', count(*) FROM ${table} t JOIN slugs s ON s.restaurant_id = t.restaurant_id AND s.slug = 'copy-2'`);
  const own = new Map([...stack.sql(counts.join(' UNION ALL ')), ...Object.keys(doors).map((table) => [table, 1])]);
  const had = (table) => Number(own.get(table)) + 1; // the walk has removed some again
  const beyond = withMany.filter((p) => !overAll(p.text)).flatMap(({ text, plan }) => nodesOf(plan).filter(isScan)
    .filter((node) => rowsOf(node) > had(node['Relation Name'])).map((node) => `${rowsOf(node)} rows of ${node['Relation Name']}: ${text}`));
  assert.deepEqual(beyond, []);
});

test('no statement touches more rows for the many restaurants beside it', () => {
  const before = most(withFew), grown = []; // a merge join may read one row more, at which it sees that it is done
  let compared = 0;
  for (const [way, rows] of most(withMany)) {
    if (!before.has(way) || overAll(way)) continue;
    compared += rows > 0;
    if (rows > before.get(way) + (/Merge Join/.test(way) ? 1 : 0)) grown.push(`${before.get(way)} rows, then ${rows}: ${way}`);
  }
  assert.deepEqual(grown, []);
  assert.ok(compared > 100, `${compared} statements went the same way`);
  assert.ok(Number(stack.sqlValue('SELECT count(DISTINCT restaurant_id) FROM orders')) > many);
});

test('what looks through all restaurants is seen', () => {
  const [once, again] = [withFew, withMany].map((plans) => plans.filter((p) => overAll(p.text)));
  assert.ok(once.length >= 2 && again.length >= 2);
  assert.ok(again.every((entry) => straying(entry).length > 0));
  assert.ok(Math.max(...again.map(rowsTouched)) > Math.max(...once.map(rowsTouched)));
});
