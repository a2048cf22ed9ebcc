// Plans do not hang on statistics: on a system that was empty when its workers
// began, whose tables were analyzed then and never again, an order reads as many
// rows when there are many orders as when there were few.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expectStatus, lineOf, newKey, openSession, orderOf, post, readMenu } from './lib/client.mjs';
import { startStack } from './lib/stack.mjs';
import { until } from './lib/until.mjs';

const early = 1000, late = 5000, window = 200, clients = 8;

let stack, tokens, body, unknown;

before(async () => {
  process.env.ORDERZAP_CLUSTER_OPTIONS = 'fsync = off\nautovacuum = off';
  stack = await startStack();
  unknown = stack.sql("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND reltuples < 0").flat();
  stack.sql('ANALYZE');
  const dish = (await readMenu(stack)).items.find((i) => i.is_available && i.options.some((o) => o.min_select > 0));
  body = orderOf(lineOf(dish));
  tokens = [];
  for (let table = 0; table < clients; table++) tokens.push((await openSession(stack, table)).token);
});
after(() => stack?.stop());

let placed = 0;

/** Places orders until there are so many. */
async function placeUpTo(count) {
  await Promise.all(tokens.map(async (token) => {
    while (placed < count) {
      placed++;
      expectStatus(await post(stack, '/api/orders', { token, key: newKey(), body }), 201);
    }
  }));
}

/** Rows read of each table since the system began: {table: [whole, by index]}, once all has been counted. */
async function rowsRead() {
  await until('all orders are counted', () => stack.sqlValue("SELECT n_tup_ins FROM pg_stat_user_tables WHERE relname = 'orders'") === String(placed));
  return new Map(stack.sql('SELECT relname, seq_tup_read, coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables')
    .map(([table, whole, byIndex]) => [table, [Number(whole), Number(byIndex)]]));
}

/** Rows read for each of the next orders, by table. */
async function rowsForEach() {
  const from = await rowsRead();
  await placeUpTo(placed + window);
  return [...await rowsRead()].map(([table, read]) => [table, ...read.map((n, i) => (n - from.get(table)[i]) / window)]);
}

test('migrate and seed leave statistics of every table', () => assert.deepEqual(unknown, []));

test('an order reads as many rows at the 5,000th as at the 1,000th', async () => {
  await placeUpTo(early);
  const atFirst = new Map((await rowsForEach()).map(([table, whole, byIndex]) => [table, whole + byIndex]));
  await placeUpTo(late);
  const grown = (await rowsForEach()).filter(([table, whole, byIndex]) => whole + byIndex > 1.2 * atFirst.get(table) + 1)
    .map(([table, whole, byIndex]) => `${table}: ${atFirst.get(table)} rows, then ${whole} whole and ${byIndex} by index`);
  assert.deepEqual(grown, []);
});
