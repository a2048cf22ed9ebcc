// The mirror, the database or the run itself away: nothing is lost, nothing is
// given up, nothing is sent that nobody can take.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { get } from '../api/lib/client.mjs';
import { hold } from '../api/lib/hold.mjs';
import { patience, until } from '../api/lib/until.mjs';
import { ALL_SENT, HALTED, SOME_LEFT, startMirrored } from './lib/mirror.mjs';

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

// libcurl 8.14 (Debian 13) leaks a name that it cannot resolve: https://github.com/curl/curl/issues/17602
const leaky = () => ({ ASAN_OPTIONS: `${process.env.ASAN_OPTIONS}:detect_leaks=0` });
const forever = 0;
let names = 0;
/** n new tables; their ids. */
function newTables(n = 1) {
  const name = `new ${++names}`;
  both.change(`INSERT INTO tables (restaurant_id, id, name, seats)
    SELECT '${home}', gen_random_uuid(), '${name} ' || n, 2 FROM generate_series(1, ${n}) n`);
  return stack.sql(`SELECT id FROM tables WHERE name LIKE '${name} %'`).flat();
}

const seat = (id) => both.change(`UPDATE tables SET seats = seats + 1 WHERE id = '${id}'`);
/** What the outbox has counted of a row. */
const counted = () => both.outbox("convex_sync_status <> 'synced'",
  'convex_sync_status, convex_sync_attempts, outage_attempts, round(extract(epoch FROM next_attempt_at - now())), locked_until IS NULL')
  .map(([state, attempts, outages, wait, free]) => ({ state, attempts: Number(attempts), outages: Number(outages), wait: Number(wait), free: free === 't' }));
const age = (interval) => stack.sql(`UPDATE sync_logs SET next_attempt_at = next_attempt_at - interval '${interval}',
  pending_since = pending_since - interval '${interval}' WHERE convex_sync_status = 'pending'`);
/** How /health puts it. */
const health = async () => (await get(stack, '/health')).json.sync;
const healthSays = (status) => until(`health says ${status}`, async () => (await health()).status === status, 12000);

// ---- The outcome is not known

test('the answer is lost after the mirror has taken it: the repeat does no harm', async () => {
  const [id] = newTables();
  await both.fault({ kind: 'drop_after' });
  await both.synced(ALL_SENT);
  assert.deepEqual((await both.calls()).slice(-2).map((c) => [c.pgIds, c.fault]), [[[id], 'drop_after'], [[id], undefined]]);
  await both.same();
});

test('lost at each try of the run: the next run repeats it', async () => {
  newTables(3);
  await both.fault({ kind: 'drop_after', times: 2 });
  await both.synced(SOME_LEFT);
  await both.same(); // it is there, though nobody knows
  assert.ok(counted().every((row) => row.state === 'pending' && row.outages === 1 && row.attempts === 0 && row.free));
  both.due();
  await both.synced(ALL_SENT);
  await both.same();
  assert.equal((await both.dump()).tombstones.length, 0);
});

test('a newer change while an older one hangs in the air: the newer one stays', async () => {
  const [id] = newTables();
  await both.fault({ kind: 'drop_after', times: 2 });
  await both.synced(SOME_LEFT);
  seat(id);
  await both.synced(ALL_SENT);
  await both.same();
});

// ---- Away

test('503, then there: within the run', async () => {
  newTables(2);
  await both.fault({ kind: 'status', status: 503 });
  const run = await both.synced(ALL_SENT);
  assert.equal(run.stderr, '');
  assert.deepEqual(counted(), []);
  await both.same();
});

test('statuses that mean later', async () => {
  for (const status of [408, 421, 425, 429, 500, 502, 504]) {
    const [id] = newTables();
    await both.fault({ kind: 'status', status, code: 'Busy', message: 'come back', times: 2 });
    const run = await both.synced(SOME_LEFT);
    assert.match(run.stderr, new RegExp(`^orderzap-sync: the mirror cannot be reached, trying again later: HTTP status ${status} Busy: come back$`, 'm'));
    assert.deepEqual(counted().map((r) => [r.outages, r.attempts]), [[1, 0]], `${status} ${id}`);
    both.due();
    await both.synced(ALL_SENT);
  }
  await both.same();
});

test('an answer that is not from Convex', async () => {
  newTables();
  for (const body of ['<html>Welcome to the hotel', '{}', '[]', '{"status":"success"}', '{"status":"success","value":']) {
    await both.fault({ kind: 'status', status: 200, body, times: 2 });
    const run = await both.synced(SOME_LEFT);
    assert.match(run.stderr, /not from Convex/, body);
    both.due();
  }
  assert.equal(counted()[0].attempts, 0);
  await both.synced(ALL_SENT);
  await both.same();
});

test('permanent 503: later and later, up to an hour; never dead; all arrives after a week', async () => {
  const [id] = newTables(3);
  await both.fault({ kind: 'status', status: 503, times: forever });
  for (let n = 1; n <= 9; n++) {
    await both.synced(SOME_LEFT);
    const wait = Math.min(30 * 2 ** n, 3600);
    for (const row of counted()) {
      assert.deepEqual([row.state, row.attempts, row.outages, row.free], ['pending', 0, n, true]);
      assert.ok(Math.abs(row.wait - wait) <= 5, `${n}: ${row.wait} s, not ${wait}`);
    }
    const before = (await both.stats()).calls;
    await both.synced(SOME_LEFT);
    assert.equal((await both.stats()).calls, before, 'nothing is due: no call');
    age(n < 6 ? '2 hours' : '1 week');
  }
  const oldest = JSON.parse((await both.synced(0, ['--status', '--json'])).stdout);
  assert.equal(oldest.pending, 3);
  assert.ok(oldest.oldest_seconds > 3 * 7 * 86400 - 60, `${oldest.oldest_seconds}`);
  assert.equal(oldest.dead, 0);
  await healthSays('behind');
  seat(id);
  assert.deepEqual(counted().map((r) => r.outages).sort(), [0, 9, 9], 'what changes is due at once');
  await both.mirror.control('reset');
  await both.synced(ALL_SENT, ['--full']);
  await both.same();
  await healthSays('ok');
});

test('nobody listens: later', async () => {
  newTables();
  const run = await both.synced(SOME_LEFT, ['--once'], { CONVEX_URL: 'http://127.0.0.1:9' });
  assert.match(run.stderr, /the mirror cannot be reached, trying again later: /);
  const unknown = await both.synced(SOME_LEFT, ['--once'], { CONVEX_URL: 'http://nobody.invalid', ...leaky() });
  assert.equal(unknown.stderr, '', 'not due yet');
  assert.deepEqual(counted().map((r) => [r.outages, r.attempts]), [[1, 0]]);
  both.due();
  await both.synced(SOME_LEFT, ['--once'], { CONVEX_URL: 'http://nobody.invalid', ...leaky() });
  both.due();
  await both.synced(ALL_SENT);
  await both.same();
});

test('it hangs: given up after CONVEX_TIMEOUT_MS', async () => {
  newTables();
  await both.fault({ kind: 'hang', times: 2 });
  const run = await both.synced(SOME_LEFT, ['--once'], { CONVEX_TIMEOUT_MS: 700 });
  assert.ok(run.ms >= 1400 && run.ms < 5000 * patience, `${run.ms} ms`);
  assert.match(run.stderr, /[Tt]imeout/);
  both.due();
  await both.synced(ALL_SENT);
  await both.same();
});

// ---- No call can succeed

const halts = {
  'a wrong key': { env: { CONVEX_DEPLOY_KEY: 'prod:other|0' }, why: /HTTP status 401 BadAdminKey/ },
  'a key that may not': { fault: { kind: 'status', status: 403, code: 'Forbidden', times: forever }, why: /HTTP status 403 Forbidden/ },
  'no such deployment': { fault: { kind: 'status', status: 404, code: 'NotFound', times: forever }, why: /HTTP status 404/ },
  'a stopped one': { fault: { kind: 'status', status: 400, code: 'BackendIsNotRunning', times: forever }, why: /BackendIsNotRunning/ },
  'each request is bad, the empty one, too': { fault: { kind: 'status', status: 400, code: 'BadJsonBody', times: forever }, why: /BadJsonBody/, probes: 1 },
  'a deployment under way': { fault: { kind: 'status', status: 200, body: { status: 'error', errorMessage: 'Server Error', logLines: [] }, times: forever },
    why: /the function failed: Server Error/, probes: 1 },
};
for (const [what, { fault, env, why, probes = 0 }] of Object.entries(halts))
  test(`${what}: halted, reported, nothing counts as tried, and the next run begins again`, async () => {
    newTables(150);
    const dues = () => both.outbox('true', 'entity_id, next_attempt_at');
    const before = dues();
    if (fault) await both.fault(fault);
    for (let i = 0; i < 2; i++) {
      const calls = (await both.stats()).calls;
      const run = await both.synced(HALTED, ['--once'], env);
      assert.match(run.stderr, /^orderzap-sync: stopped, since no call can succeed: /);
      assert.match(run.stderr, why);
      assert.ok(!run.stderr.includes('0123456789abcdef'), 'without the key');
      assert.equal((await both.stats()).calls - calls, 1 + probes);
    }
    assert.ok(counted().every((r) => r.state === 'pending' && r.attempts === 0 && r.outages === 0 && r.free));
    assert.deepEqual(dues(), before, 'as they were');
    assert.match((await both.synced(0, ['--status'])).stdout, why);
    await healthSays('halted');
    await both.mirror.control('reset');
    await both.synced(ALL_SENT, ['--full']);
    await both.same();
    assert.doesNotMatch((await both.synced(0, ['--status'])).stdout, /halted/);
  });

test('health after that', async () => {
  // Each worker remembers it for a while.
  const { pending, dead, oldest_seconds: oldest, last_success_at: last } = await until('nothing waits', async () => {
    const now = await health();
    return now.pending === 0 && now;
  }, 12000);
  assert.deepEqual({ pending, dead, oldest }, { pending: 0, dead: 0, oldest: null });
  assert.match(last, /^\d{4}-.*Z$/);
});

// ---- Meanwhile

test('a change made while its batch is under way is sent after it', async () => {
  const [id] = newTables(2);
  await both.fault({ kind: 'hold' });
  const run = both.start(['--once']);
  await both.taken();
  seat(id);
  await both.release();
  assert.equal((await run.ended).status, ALL_SENT);
  const calls = (await both.calls()).slice(-2);
  assert.deepEqual(calls.map((c) => c.rows), [2, 1]);
  assert.deepEqual(calls[1].pgIds, [id]);
  await both.same();
});

test('the same when the batch fails: due at once, not in a minute', async () => {
  const [id] = newTables();
  await both.fault({ kind: 'hold', drop: true });
  const run = both.start(['--once']);
  await both.taken();
  seat(id);
  await both.fault({ kind: 'status', status: 503 }, { kind: 'release' });
  assert.equal((await run.ended).status, SOME_LEFT);
  assert.deepEqual(counted().map((r) => [r.state, r.wait <= 0]), [['pending', true]]);
  await both.synced(ALL_SENT);
  await both.same();
});

test('a transaction that changes rows of a batch in any order: neither interrupts the other', async () => {
  const ids = newTables(9);
  const change = (some) => `UPDATE tables SET seats = seats + 1 WHERE id IN ('${some.join("', '")}')`;
  await both.fault({ kind: 'hold' });
  const run = both.start(['--once']);
  await both.taken();
  const held = await hold(stack, `SET LOCAL orderzap.mirror = on; ${change([ids[4]])}`);
  await both.release();
  await until('the others are settled', () => both.outbox("convex_sync_status = 'synced'").length === 8);
  await held.run(change(ids.filter((id) => id !== ids[4])));
  await held.end('COMMIT');
  assert.deepEqual(await run.ended, { status: ALL_SENT, signal: null, stderr: '' });
  assert.deepEqual((await both.calls()).slice(-2).map((c) => c.rows), [9, 9]);
  await both.same();
});

test('kill -9 in the middle: the next run takes the leased rows at once', async () => {
  newTables(120);
  await both.fault({ kind: 'hold' });
  const run = both.start(['--once']);
  await both.taken();
  assert.equal(both.outbox("locked_until > now()").length, 100);
  run.child.kill('SIGKILL');
  assert.equal((await run.ended).signal, 'SIGKILL');
  await both.alone();
  const next = await both.synced(ALL_SENT);
  assert.ok(next.ms < 10000 * patience, `${next.ms} ms`);
  await both.release();
  await until('the killed one\'s batch has come, too', async () => (await both.calls()).some((c) => c.fault === 'hold'));
  await both.same();
  assert.deepEqual(counted(), []);
});

test('a row that a transaction holds is left for later, without a busy loop', async () => {
  const [id] = newTables(2);
  const holder = spawn('psql', ['-XAtqd', stack.database_url], { stdio: ['pipe', 'pipe', 'inherit'] });
  holder.stdin.write(`BEGIN; SELECT 1 FROM sync_logs WHERE entity_id = '${id}' FOR UPDATE;\n`);
  await once(holder.stdout, 'data');
  const run = await both.synced(SOME_LEFT);
  assert.ok(run.ms < 3000 * patience, `${run.ms} ms`);
  assert.equal(counted().length, 1, 'the other one was sent');
  const going = both.start(['--for', '600']);
  const ticks = () => readFileSync(`/proc/${going.child.pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ').slice(11, 13).map(Number).reduce((a, b) => a + b);
  await until('it has begun', () => stack.sqlValue("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'orderzap-sync lock'") === '1');
  const before = ticks();
  await sleep(2000);
  assert.ok(ticks() - before < 50, `${ticks() - before} ticks of CPU in two seconds`);
  holder.stdin.end('COMMIT;\n');
  await until('that one was sent', () => counted().length === 0);
  going.child.kill('SIGTERM');
  assert.equal((await going.ended).status, ALL_SENT);
  await both.same();
});

test('SIGTERM: the batch under way is finished, the rest waits', async () => {
  newTables(250);
  await both.fault({ kind: 'hold' });
  const run = both.start(['--once']);
  await both.taken();
  run.child.kill('SIGTERM');
  await both.release();
  assert.equal((await run.ended).status, SOME_LEFT);
  assert.equal(counted().length, 150);
  assert.ok(counted().every((r) => r.free));
  await both.synced(ALL_SENT);
  await both.same();
});

test('one right after the other: each sends what is there', async () => {
  for (let round = 0; round < 20; round++) {
    newTables(1);
    await both.synced(ALL_SENT);
    assert.deepEqual(both.outbox(), [], `round ${round}`);
  }
  stack.sql("ALTER ROLE orderzap_sync SET log_statement = 'all'");
  await both.synced(ALL_SENT);
  stack.sql('ALTER ROLE orderzap_sync RESET log_statement');
  assert.match(readFileSync(join(stack.dir, 'postgresql/cluster.log'), 'utf8'), /pg_advisory_unlock/, 'it does not leave its lock to the end of its connection');
});

test('two at once: the second leaves, and sends nothing', async () => {
  newTables(3);
  await both.fault({ kind: 'hold' });
  const first = both.start(['--once']);
  await both.taken();
  newTables(3);
  for (const args of [['--once'], ['--for', '30'], ['--full'], ['--verify']]) {
    const second = await both.synced(ALL_SENT, args);
    assert.ok(second.ms < 2000 * patience, `${args}: ${second.ms} ms`);
    assert.equal(second.stdout + second.stderr, '');
  }
  assert.equal((await both.calls()).filter((c) => c.pgIds.length === 3).length, 0, 'the first is still at it');
  await both.release();
  assert.equal((await first.ended).status, ALL_SENT);
  await both.same();
});

test('PostgreSQL stops in the middle: reported, and complete when it is back', async () => {
  newTables(150);
  await both.fault({ kind: 'hold' });
  const run = both.start(['--once']);
  await both.taken();
  await stack.cluster('stop', 'immediate');
  await both.release();
  const ended = await run.ended;
  assert.equal(ended.status, SOME_LEFT);
  assert.match(ended.stderr, /^orderzap-sync: the database/);
  const without = await both.synced(SOME_LEFT);
  assert.match(without.stderr, /the database cannot be reached/);
  assert.equal((await both.sync(['--status'])).status, SOME_LEFT);
  await stack.cluster('start');
  assert.equal(counted().length, 150);
  await both.synced(ALL_SENT);
  await both.same();
});
