// What a request reads of the database does not grow with the restaurant's own
// past: once with some days behind it, once with many. The plans are those of the
// workers' own statements; see plans.test.mjs.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { copyRestaurant, keepDay, putBack, repeatDay } from './lib/copies.mjs';
import { leave } from './lib/leftovers.mjs';
import { isScan, missingOf, nodesOf, notePlans, plain, plansOf, rowsOf, rowsTouched } from './lib/plans.mjs';
import { root, startStack } from './lib/stack.mjs';
import { walk } from './lib/walk.mjs';

const few = 30, many = 300; // days
const slug = 'spice-garden';

let stack, withFew, withMany;

before(async () => {
  stack = await startStack();
  await walk(stack, slug, [0, 1, 2, 3], 'first');
  keepDay(stack, slug);
  const pass = (from, to) => {
    leave(stack, slug, 10 * (to - from + 1), { isDue: false, tables: ['event_tickets'] }); // the day's are used
    repeatDay(stack, from, to);
  };
  const visit = async (tables, word) => {
    putBack(stack, slug, 2 * many + tables[0]);
    stack.sql('ANALYZE');
    await notePlans(stack);
    return plansOf(stack, () => walk(stack, slug, tables, word));
  };
  pass(1, few);
  copyRestaurant(stack, slug, 1, 12); // these stay as they are: a longer past than usual
  withFew = await visit([4, 5, 6, 7], 'few');
  pass(few + 1, many);
  withMany = await visit([8, 9, 10, 11], 'many');
});
after(() => stack?.stop());

/** Of each statement, when it touched the most rows: {rows, plan}. */
function most(plans) {
  const of = new Map();
  for (const entry of plans) {
    const rows = rowsTouched(entry);
    if (rows >= (of.get(entry.text)?.rows ?? 0)) of.set(entry.text, { rows, plan: entry.plan });
  }
  return of;
}

const scans = (plan) => nodesOf(plan).filter(isScan).map((node) => `${node['Node Type']} of ${node['Relation Name']} by ${node['Index Name']}, ${rowsOf(node)} rows`).join('; ');

test('the walk runs every statement that the workers have', () => {
  assert.deepEqual(missingOf(withFew), [], 'tests/api/lib/walk.mjs visits nothing that needs these');
  assert.deepEqual(missingOf(withMany), []);
});

test('no statement touches more rows for the days behind it', () => {
  const before = most(withFew), grown = [];
  for (const [text, { rows, plan }] of most(withMany))
    if (before.has(text) && rows > 1.5 * before.get(text).rows + 20) grown.push(`${before.get(text).rows} rows, then ${rows}, by ${scans(plan)}: ${text}`);
  const orders = (days) => Number(stack.sqlValue(`SELECT count(*) FROM orders o JOIN slugs s USING (restaurant_id)
    WHERE s.slug = '${slug}' AND o.created_at > now() - interval '${days} days'`));
  assert.ok(orders(few) > 51 && orders(many + 1) > 8 * orders(few), `${orders(few)} orders, then ${orders(many + 1)}`);
  assert.deepEqual(grown, []);
});

test('what requests leave behind has grown, too', () => {
  const tables = ['idempotency_keys', 'sync_queue', 'refresh_tokens', 'door_addresses', 'sync_logs', 'events', 'event_tickets'];
  const counts = stack.sql(tables.map((table) => `SELECT '${table}', count(*) FROM ${table}`).join(' UNION ALL '));
  assert.deepEqual(counts.filter(([, rows]) => Number(rows) < many), []);
});

test('a report reads each table by the tenant\'s part of an index, and by days', () => {
  const found = new Set();
  // The statement that reads what was kept of closed days, and within sales_facts() the one that reads the documents.
  const report = plain(readFileSync(join(root, 'sql/statements/restaurant/sales_report.sql'), 'utf8'));
  const plans = withMany.filter(({ text }) => text === report || text.includes('), documents AS ('));
  for (const { plan } of plans) {
    for (const node of nodesOf(plan).filter((n) => isScan(n) && n['Relation Name'] && n['Node Type'] !== 'Bitmap Heap Scan')) // whose index is below it
      assert.match(node['Node Type'], /^Index/, node['Relation Name']);
    const days = new Map(); // conditions of the indexes by day
    for (const { 'Index Name': index, 'Index Cond': condition = '' } of nodesOf(plan).filter((n) => n['Index Name'])) {
      assert.match(condition, index === 'restaurants_pkey' ? /\(id = / : /restaurant_id = /, index);
      if (/^(orders_number|order_adjustments_day|payments_day|refunds_day|day_sales_pkey)$/.test(index)) days.set(index, `${days.get(index) ?? ''}${condition}`);
    }
    for (const [index, condition] of days) {
      assert.match(condition, /business_date >= /, index);
      found.add(index);
    }
  }
  assert.deepEqual([...found].sort(), ['day_sales_pkey', 'order_adjustments_day', 'orders_number', 'payments_day', 'refunds_day']);
});
