// Rows that the mirror refuses though it takes others: found, put off, given up
// in the end, and given a fresh chance.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { hold } from '../api/lib/hold.mjs';
import { patience } from '../api/lib/until.mjs';
import { ALL_SENT, SOME_LEFT, startMirrored } from './lib/mirror.mjs';

let both, stack, home;
before(async () => {
  both = await startMirrored();
  ({ stack } = both);
  home = stack.restaurant().id;
});
after(() => both?.stop());
beforeEach(async () => {
  stack.sql("DELETE FROM tables WHERE name LIKE 'new %'");
  await both.fresh();
});

function newTables(n) {
  both.change(`INSERT INTO tables (restaurant_id, id, name, seats)
    SELECT '${home}', gen_random_uuid(), 'new ' || n, 2 FROM generate_series(1, ${n}) n`);
  return stack.sql("SELECT id FROM tables WHERE name LIKE 'new %' ORDER BY length(name), name").flat();
}

const poison = (id) => both.fault({ kind: 'poison', pgId: id });
const heal = (id) => both.fault({ kind: 'heal', pgId: id });
const seat = (id) => both.change(`UPDATE tables SET seats = seats + 1 WHERE id = '${id}'`);
const states = () => Object.fromEntries(stack.sql('SELECT convex_sync_status, count(*) FROM sync_logs GROUP BY 1').map(([k, n]) => [k, Number(n)]));
const has = async (id) => (await both.dump()).tables.some((t) => t.pgId === id);
/** What the outbox has counted of a row. */
function counted(id) {
  const [[state, attempts, outages, wait, error, since, free]] = stack.sql(`SELECT convex_sync_status, convex_sync_attempts, outage_attempts,
    round(extract(epoch FROM next_attempt_at - now())), replace(convex_error, E'\\n', ' '), round(extract(epoch FROM now() - rejected_since)), locked_until IS NULL
    FROM sync_logs WHERE entity_id = '${id}'`);
  return { state, attempts: Number(attempts), outages: Number(outages), wait: Number(wait), error, since: since === '' ? null : Number(since), free: free === 't' };
}
/** A try of the row after so long. */
async function tryAgain(id, minutes) {
  stack.sql(`UPDATE sync_logs SET next_attempt_at = now(), rejected_since = rejected_since - interval '${minutes} minutes' WHERE entity_id = '${id}'`);
  await both.synced(SOME_LEFT);
  return counted(id);
}

test('one of a hundred: the others arrive in the same run, few calls find it', async () => {
  const ids = newTables(100);
  await poison(ids[37]);
  const before = (await both.stats()).calls;
  await both.synced(SOME_LEFT);
  assert.deepEqual(states(), { synced: 99, pending: 1 });
  const dump = await both.dump();
  for (const id of ids) assert.equal(dump.tables.some((t) => t.pgId === id), id !== ids[37]);
  const calls = (await both.stats()).calls - before;
  assert.ok(calls <= 2 + 2 * 7, `${calls} calls`); // 100 halved is 1 after seven times
  const row = counted(ids[37]);
  assert.deepEqual([row.attempts, row.outages, row.free], [1, 0, true]);
  assert.match(row.error, /the function failed: .*poisoned/s);
  assert.ok(Math.abs(row.wait - 60) <= 3 * patience, `${row.wait} s`);
});

test('several in several batches', async () => {
  const ids = newTables(230);
  const bad = [0, 1, 99, 100, 150, 229].map((i) => ids[i]);
  for (const id of bad) await poison(id);
  await both.synced(SOME_LEFT);
  assert.deepEqual(states(), { synced: 224, pending: 6 });
  for (const id of bad) {
    assert.equal(counted(id).attempts, 1);
    await heal(id);
  }
  both.due();
  await both.synced(ALL_SENT);
  await both.same();
});

test('dead after five tries over a quarter of an hour: then it delays no other row, and is reported', async () => {
  const [id] = newTables(3);
  await poison(id);
  await both.synced(SOME_LEFT);
  for (const [attempts, wait] of [[2, 120], [3, 240], [4, 480]]) {
    const row = await tryAgain(id, 5);
    assert.deepEqual([row.state, row.attempts], ['pending', attempts]);
    assert.ok(Math.abs(row.wait - wait) <= 3 * patience, `${row.wait} s`);
  }
  assert.equal((await tryAgain(id, 5)).state, 'dead');
  const calls = (await both.stats()).calls;
  await both.synced(ALL_SENT);
  assert.equal((await both.stats()).calls, calls, 'a dead row is not tried');
  const status = JSON.parse((await both.synced(0, ['--status', '--json'])).stdout);
  assert.deepEqual([status.pending, status.dead], [0, 1]);
  assert.match((await both.synced(0, ['--status'])).stdout, /^dead: +1, try them again with --retry-dead$/m);
});

test('not dead by tries alone, nor by time alone', async () => {
  const [quick, slow] = newTables(2);
  await poison(quick);
  await poison(slow);
  await both.synced(SOME_LEFT);
  stack.sql(`UPDATE sync_logs SET next_attempt_at = now() + interval '1 hour' WHERE entity_id = '${slow}'`);
  for (let i = 2; i <= 8; i++) assert.deepEqual((await tryAgain(quick, 1)).state, 'pending', `${i} tries in ${i} minutes`);
  stack.sql(`UPDATE sync_logs SET next_attempt_at = now() + interval '1 hour' WHERE entity_id = '${quick}'`);
  for (let i = 2; i <= 4; i++) assert.deepEqual((await tryAgain(slow, 600)).state, 'pending', `${i} tries in days`);
  assert.equal((await tryAgain(slow, 600)).state, 'dead');
  assert.equal((await tryAgain(quick, 9)).state, 'dead');
});

test('a dead row that changes gets a fresh chance; healed, it arrives', async () => {
  const [id] = newTables(1);
  await poison(id);
  await both.synced(SOME_LEFT);
  stack.sql(`UPDATE sync_logs SET convex_sync_status = 'dead', convex_sync_attempts = 5 WHERE entity_id = '${id}'`);
  seat(id);
  assert.deepEqual([counted(id).state, counted(id).attempts, counted(id).since], ['pending', 0, null]);
  await both.synced(SOME_LEFT);
  assert.deepEqual([counted(id).state, counted(id).attempts], ['pending', 1]);
  await heal(id);
  both.due();
  await both.synced(ALL_SENT);
  await both.same();
});

test('--retry-dead: another chance for all of them, of all restaurants', async () => {
  const [id] = newTables(2);
  both.change(`UPDATE tables SET seats = seats + 1 WHERE restaurant_id = '${stack.restaurant('caffe-lungarno').id}'`);
  const total = both.outbox().length;
  stack.sql("UPDATE sync_logs SET convex_sync_status = 'dead', convex_sync_attempts = 5, rejected_since = now() - interval '1 day', convex_error = 'bad'");
  await both.synced(ALL_SENT);
  assert.ok(!(await has(id)));
  const run = await both.synced(ALL_SENT, ['--retry-dead']);
  assert.equal(run.stdout, `${total} rows will be tried again\n`);
  assert.deepEqual([counted(id).state, counted(id).attempts, counted(id).since, counted(id).error], ['pending', 0, null, '']);
  await both.synced(ALL_SENT);
  await both.same();
  assert.equal((await both.synced(ALL_SENT, ['--retry-dead'])).stdout, '0 rows will be tried again\n');
});

test('--retry-dead does not wait for a locked row: the next one takes it', async () => {
  const [id] = newTables(3);
  stack.sql("UPDATE sync_logs SET convex_sync_status = 'dead'");
  const held = await hold(stack, `SELECT FROM sync_logs WHERE entity_id = '${id}' FOR UPDATE`);
  assert.equal((await both.synced(ALL_SENT, ['--retry-dead'])).stdout, '2 rows will be tried again\n');
  await held.end();
  assert.equal((await both.synced(ALL_SENT, ['--retry-dead'])).stdout, '1 rows will be tried again\n');
  await both.synced(ALL_SENT);
  await both.same();
});

test('a poisoned row alone: an empty call shows that it is to blame', async () => {
  const [id] = newTables(1);
  await poison(id);
  const before = (await both.calls()).length;
  const run = await both.synced(SOME_LEFT);
  assert.equal(run.stderr, '', 'not halted');
  assert.deepEqual((await both.calls()).slice(before).map((c) => [c.rows, c.result]), [[1, 'error'], [0, 'success']]);
  assert.equal(counted(id).attempts, 1);
  assert.equal(stack.sqlValue('SELECT halted_because IS NULL FROM sync_state'), 't');
});

test('down while a bad row is looked for: only rows that were found are blamed', async () => {
  const ids = newTables(64);
  await poison(ids[63]);
  // The whole, the empty call, then the halves: away at the first of them.
  await both.fault({ kind: 'delay', ms: 0, times: 2 }, { kind: 'status', status: 503, times: 2 });
  await both.synced(SOME_LEFT);
  const rows = ids.map(counted);
  assert.ok(rows.every((r) => r.attempts === 0 && r.free));
  assert.equal(rows.filter((r) => r.outages === 1).length, 32, 'those of that call alone wait');
  both.due();
  await both.synced(SOME_LEFT);
  assert.deepEqual(states(), { synced: 63, pending: 1 });
});

test('halted while the blame is not clear: nothing counts', async () => {
  const [id] = newTables(1);
  await poison(id);
  await both.fault({ kind: 'delay', ms: 0 }, { kind: 'status', status: 404, times: 1 });
  await both.synced(2);
  assert.deepEqual([counted(id).attempts, counted(id).outages, counted(id).free], [0, 0, true]);
});
