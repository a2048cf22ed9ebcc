// Plans do not hang on statistics: on a system that was empty when its workers
// began, whose tables were analyzed then and never by autovacuum, an order reads as
// many rows when there are many orders as when there were few. So do the relay for
// an event, orderzap-sync for a row that it sends and orderzapctl cleanup for what it
// removes; and none of them reads a table whole.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startMirrored } from '../sync/lib/mirror.mjs';
import { call, expectStatus, lineOf, newKey, openSession, orderOf, readMenu } from './lib/client.mjs';
import { leave, leftoverTables } from './lib/leftovers.mjs';
import { relayOf } from './lib/processes.mjs';
import { allCounted, readFor, rowsRead, sessionEnded } from './lib/rows_read.mjs';
import { until } from './lib/until.mjs';

const early = 1000, late = 5000, window = 200, due = 100, clients = 8;

let both, stack, tokens, body, unknown, atFirst, atLast;
const endedReads = []; // how many rows the relay read for each session that had ended

before(async () => {
  process.env.ORDERZAP_CLUSTER_OPTIONS = 'fsync = off\nautovacuum = off\ntrack_functions = pl';
  both = await startMirrored({ empty: true });
  stack = both.stack;
  unknown = withoutStatistics();
  stack.sql('ANALYZE');
  for (const args of [['seed'], ['seed', '--show']]) {
    const { status, stdout, stderr } = await stack.ctl(args);
    assert.equal(status, 0, stderr);
    if (args.length > 1) stack.restaurants = JSON.parse(stdout);
  }
  unknown.push(...withoutStatistics());
  stack.sql('UPDATE restaurants SET day_close_hours = NULL'); // to close a day is to read its documents, once
  const dish = (await readMenu(stack)).items.find((i) => i.is_available && i.options.some((o) => o.min_select > 0));
  body = orderOf(lineOf(dish));
  tokens = [];
  for (let table = 0; table < clients; table++) tokens.push((await openSession(stack, table)).token);
  atFirst = await workAt(early);
  atLast = await workAt(late);
});
after(() => both?.stop());

const withoutStatistics = () =>
  stack.sql("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND reltuples < 0").flat();

// ---- Work, and the rows that were read for each unit of it

let placed = 0, left = 0;

/** Places orders until there are so many, and waits until what was read for them is counted. */
async function placeUpTo(count) {
  await Promise.all(tokens.map(async (token) => {
    while (placed < count) {
      placed++;
      expectStatus(await call(stack, 'POST', '/api/orders', { token, key: newKey(), body, documented: false }), 201);
    }
  }));
  return allCounted(stack, (read) => read.get('orders').inserted === placed);
}

async function workAt(count) {
  leave(stack, stack.slug, count - left, { isDue: false });
  left = count;
  await placeUpTo(count);
  stack.sql("UPDATE sync_logs SET convex_sync_status = 'synced', last_sync_at = now() WHERE convex_sync_status = 'pending'");
  return { order: await order(count), mirror: await mirror(), cleanup: await cleanup(), relay: await relay() };
}

async function order(count) {
  const from = rowsRead(stack);
  return readFor(window, from, await placeUpTo(count + window));
}

async function mirror() {
  const waiting = Number(stack.sqlValue("SELECT count(*) FROM sync_logs WHERE convex_sync_status = 'pending'"));
  assert.ok(waiting >= window);
  const from = rowsRead(stack);
  await both.synced();
  return readFor(waiting, from, await sessionEnded(stack, 'orderzap-sync'));
}

/** Runs something while the relay is stopped. */
async function withoutRelay(run) {
  const relay = relayOf(stack.pid);
  process.kill(relay, 'SIGSTOP');
  try {
    return await run();
  } finally {
    process.kill(relay, 'SIGCONT');
  }
}

/** Ends sessions; the relay looks at them later. */
const cleanup = () => withoutRelay(async () => {
  leave(stack, stack.slug, due, { isDue: true });
  const from = rowsRead(stack);
  const { status, stdout, stderr } = await stack.ctl(['cleanup']);
  assert.equal(status, 0, stderr);
  assert.equal(stdout.split('\n').filter((line) => line.startsWith(`${due} `)).length, leftoverTables.length, stdout);
  return readFor(due, from, await sessionEnded(stack, 'orderzapctl'));
});

/** Lets the relay remove the n oldest events; what was read meanwhile. All that the relay read before is counted by then. */
async function removed(n) {
  const from = await withoutRelay(() => {
    stack.sql(`UPDATE events e SET created_at = now() - interval '3 minutes' FROM (SELECT id FROM events ORDER BY xid, id LIMIT ${n}) o WHERE o.id = e.id;
      SELECT pg_stat_force_next_flush()`);
    return rowsRead(stack);
  });
  const to = await until('the relay has removed them', () => {
    const now = rowsRead(stack);
    return now.get('events').deleted >= from.get('events').deleted + n && now;
  });
  return readFor(n, from, to);
}

/** How often the relay looked at sessions that ended, and how many rows of sessions were read. A process reports both at once. */
const looks = () => stack.sql(`SELECT (SELECT coalesce(sum(calls), 0) FROM pg_stat_user_functions WHERE funcname = 'relay_ended'),
  (SELECT idx_tup_fetch FROM pg_stat_user_tables WHERE relname = 'sessions')`)[0].map(Number);

/** How many rows of sessions the relay reads for each session that cleanup ended. It looks at them every few seconds. */
async function ended() {
  await removed(1);
  const [calls, rows] = looks();
  const [n, read] = await until('the relay looks at what ended', () => {
    const [now, fetched] = looks();
    return now > calls && [now - calls, fetched - rows];
  });
  return read / n / due;
}

async function relay() {
  endedReads.push(await ended());
  stack.sql('DELETE FROM events WHERE ends_session; SELECT pg_stat_force_next_flush()');
  await removed(1);
  return removed(due);
}

// ---- What is wanted

// A relay looks at the oldest events every few seconds, however many orders come meanwhile.
const margin = (table) => (table === 'events' ? 5 : 0.1);

/** Tables of which other numbers of rows are read, as text. */
function differences(kind) {
  return [...new Set([...atFirst[kind].keys(), ...atLast[kind].keys()])].flatMap((table) => {
    const [first, last] = [atFirst, atLast].map((at) => at[kind].get(table)?.byIndex ?? 0);
    return Math.abs(first - last) > margin(table) ? [`${table}: ${first} rows, then ${last}`] : [];
  });
}

const reads = (kind, table) => atLast[kind].get(table)?.byIndex ?? 0;

test('migrate and seed leave statistics of every table', () => assert.deepEqual(unknown, []));

test('an order reads as many rows at the 5,000th as at the 1,000th', () => {
  assert.ok(reads('order', 'orders') >= 1);
  assert.deepEqual(differences('order'), []);
});

test('orderzap-sync reads as many rows for each that it sends', () => {
  assert.ok(reads('mirror', 'orders') >= 1 && reads('mirror', 'sync_logs') >= 1);
  assert.deepEqual(differences('mirror'), []);
});

test('orderzapctl cleanup reads as many rows for each that it removes, and only those', () => {
  assert.deepEqual(differences('cleanup'), []);
  assert.deepEqual(leftoverTables.filter((table) => reads('cleanup', table) < 1 || reads('cleanup', table) > 3), []);
});

test('the relay reads as many rows for each event that it removes', () => {
  assert.ok(reads('relay', 'events') >= 1);
  assert.deepEqual(differences('relay'), []);
});

test('the relay reads one row for each session that ended', () => {
  assert.deepEqual(endedReads, [1, 1]);
});

test('none of them reads a table whole', () => {
  const whole = [atFirst, atLast].flatMap((at) => Object.entries(at).flatMap(([kind, tables]) =>
    [...tables].filter(([, { whole: rows }]) => rows > 0).map(([table, { whole: rows }]) => `${kind}: ${rows} rows of ${table}`)));
  assert.deepEqual(whole, []);
});

test('cleanup alone uses its indexes, each once a batch', () => {
  const scans = stack.sql(`SELECT s.relname, s.idx_scan FROM pg_stat_user_indexes s JOIN pg_index i USING (indexrelid)
    WHERE pg_get_expr(i.indpred, i.indrelid) ~ '> ''-infinity''' ORDER BY 1`);
  assert.deepEqual(scans, [...leftoverTables].sort().map((table) => [table, '2']));
});
