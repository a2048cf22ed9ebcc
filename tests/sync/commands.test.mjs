// orderzap-sync at the command line: everything again, the comparison, what
// waits, what is wrong with options and settings, no mirror at all.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { expectStatus, get, lineOf, post, readMenu, tokenOf } from '../api/lib/client.mjs';
import { hold } from '../api/lib/hold.mjs';
import { buildDir } from '../api/lib/stack.mjs';
import { patience, until } from '../api/lib/until.mjs';
import { entities } from '../convex/lib/samples.mjs';
import { ALL_SENT, CONFIG, SOME_LEFT, startMirrored, USAGE } from './lib/mirror.mjs';

let both, stack, mirror, home;
before(async () => {
  both = await startMirrored();
  ({ stack, mirror } = both);
  home = stack.restaurant().id;
});
after(() => both?.stop());
beforeEach(async () => {
  stack.sql("DELETE FROM tables WHERE name LIKE 'new %'");
  await both.fresh();
});

const newTables = (n) => both.change(`INSERT INTO tables (restaurant_id, id, name, seats)
  SELECT '${home}', gen_random_uuid(), 'new ' || n, 2 FROM generate_series(1, ${n}) n`);
const found = (missing, stale, extra, ahead) =>
  `missing there: ${missing}, out of date: ${stale}, too many: ${extra}, newer there than here: ${ahead}\n`;
const verify = async (status, ...counts) => assert.equal((await both.synced(status, ['--verify'])).stdout, found(...counts));

// ---- --full

test('--full: everything again, with a line a batch', async () => {
  newTables(150);
  await both.synced();
  const before = (await both.calls()).length, total = await both.same();
  const run = await both.synced(ALL_SENT, ['--full']);
  const lines = run.stderr.trim().split('\n');
  assert.deepEqual(lines, Array.from({ length: Math.ceil(total / 100) }, (_, i) => `mirrored: ${Math.min(100 * (i + 1), total)} of ${total}`));
  const calls = (await both.calls()).slice(before);
  assert.equal(calls.reduce((n, c) => n + c.rows, 0), total);
  await both.same();
  assert.equal((await both.synced(ALL_SENT, ['--full', '--quiet'])).stderr, '');
});

test('--full into an empty mirror', async () => {
  await mirror.control('reset');
  await both.synced(ALL_SENT, ['--full']);
  await both.same();
});

test('--full stopped by SIGTERM: a later run finishes it', async () => {
  newTables(250);
  stack.sql('DELETE FROM sync_logs');
  await mirror.control('reset');
  await both.fault({ kind: 'hold' });
  const run = both.start(['--full']);
  await both.taken();
  run.child.kill('SIGTERM');
  await both.release();
  const { status, stderr } = await run.ended;
  assert.equal(status, SOME_LEFT, stderr);
  const left = both.outbox().length;
  assert.ok(left >= 150, `${left} wait`);
  await assert.rejects(both.same());
  const later = await both.synced(ALL_SENT);
  assert.equal(later.stderr, '');
  await both.same();
});

test('--full interrupted by a transaction that changes the same rows in another order: it tries again', async () => {
  newTables(9);
  const ids = stack.sql("SELECT id FROM tables WHERE name LIKE 'new %' ORDER BY id").flat();
  const change = (some) => `UPDATE tables SET seats = seats + 1 WHERE id IN ('${some.join("', '")}')`;
  assert.deepEqual(stack.deadlocks(), []);
  // Who waits that long is broken off; the test is to come between in that time.
  stack.sql("ALTER ROLE orderzap_sync SET deadlock_timeout = '5s'");
  try {
    const held = await hold(stack, `SET LOCAL deadlock_timeout = '2min'; SET LOCAL orderzap.mirror = on; ${change([ids[8]])}`);
    const run = both.start(['--full', '--quiet']);
    await until('it waits', () => stack.sqlValue("SELECT count(*) FROM pg_locks WHERE NOT granted") !== '0');
    await held.run(change(ids.slice(0, 8)));
    await held.end('COMMIT');
    assert.deepEqual(await run.ended, { status: ALL_SENT, signal: null, stderr: '' });
    // Perhaps more than once: the other goes on in the meantime.
    stack.deadlocksMeant = stack.deadlocks().length;
    assert.notEqual(stack.deadlocksMeant, 0, 'neither was in the way of the other');
  } finally {
    stack.sql('ALTER ROLE orderzap_sync RESET deadlock_timeout');
  }
  await both.same();
});

// ---- --verify

test('--verify of what is the same: 0, and nothing is sent', async () => {
  const before = await both.calls();
  await verify(ALL_SENT, 0, 0, 0, 0);
  const calls = (await both.calls()).slice(before.length);
  assert.ok(calls.every((c) => c.path === 'sync:versions'));
  assert.equal(calls.length, 2 * entities.length, 'a page for each restaurant and entity');
});

test('--verify repairs what is missing, stale and superfluous', async () => {
  newTables(5);
  await both.synced();
  // Changed by hand, without the outbox: two out of date, one too many, one missing.
  const ids = stack.sql("SELECT id FROM tables WHERE name LIKE 'new %' ORDER BY name").flat();
  stack.sql(`UPDATE tables SET seats = 9 WHERE id IN ('${ids[0]}', '${ids[1]}')`);
  stack.sql(`UPDATE tables SET deleted_at = now() WHERE id = '${ids[2]}'`);
  stack.sql(`INSERT INTO tables (restaurant_id, id, name, seats) VALUES ('${home}', gen_random_uuid(), 'new by hand', 2)`);
  stack.sql(`DELETE FROM tables WHERE id = '${ids[3]}'`); // not even deleted_at is left
  await assert.rejects(both.same());
  await verify(ALL_SENT, 1, 2, 2, 0);
  await both.same();
  await verify(ALL_SENT, 0, 0, 0, 0);
});

test('--verify of a mirror that lost everything, of one restaurant and of both', async () => {
  newTables(120);
  await both.synced();
  const total = await both.same();
  await mirror.control('reset');
  await verify(ALL_SENT, total, 0, 0, 0);
  await both.same();
});

test('--verify: a mirror that is ahead cannot be repaired, and is reported', async () => {
  const table = (await both.dump()).tables[0];
  const { _id, _creationTime, ...doc } = table;
  await mirror.apply({ op: 'upsert', entity: 'table', doc: { ...doc, version: doc.version + 100 } });
  await verify(SOME_LEFT, 0, 0, 0, 1);
  await verify(SOME_LEFT, 0, 0, 0, 1);
});

test('--verify pages through more rows than a page holds', async () => {
  await mirror.control('null', { on: true }); // convex-test would take too long: there nothing is
  newTables(2300);
  stack.sql('DELETE FROM sync_logs');
  const run = await both.synced(ALL_SENT, ['--verify']);
  const [, missing] = /^missing there: (\d+), out of date: 0, too many: 0, newer there than here: 0$/m.exec(run.stdout);
  assert.ok(Number(missing) >= 2300, run.stdout);
  assert.equal(stack.sqlValue("SELECT count(*) FROM sync_logs WHERE convex_sync_status = 'synced'"), missing);
});

test('--verify when the mirror is down: 1, nothing is taken for missing', async () => {
  await both.fault({ kind: 'status', status: 503, times: 0 });
  const run = await both.synced(SOME_LEFT, ['--verify']);
  assert.equal(run.stdout, '');
  assert.match(run.stderr, /the mirror cannot be reached: HTTP status 503/);
  assert.deepEqual(both.outbox(), []);
  await mirror.control('reset');
  await both.fault({ kind: 'status', status: 404, times: 0 });
  await both.synced(2, ['--verify']);
});

// ---- What waits

test('--status and --status --json', async () => {
  newTables(3);
  stack.sql("UPDATE sync_logs SET pending_since = now() - interval '90 seconds'");
  const json = JSON.parse((await both.synced(0, ['--status', '--json'])).stdout);
  assert.deepEqual(Object.keys(json), ['mirror', 'pending', 'oldest_seconds', 'dead', 'last_success_at', 'halted_because']);
  assert.deepEqual([json.mirror, json.pending, json.dead, json.halted_because], ['on', 3, 0, null]);
  assert.ok(json.oldest_seconds >= 90 && json.oldest_seconds < 100);
  assert.match(json.last_success_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const text = (await both.synced(0, ['--status'])).stdout;
  assert.match(text, /^pending: +3\noldest: +9\d s\ndead: +0\nlast success: +2\d{3}-.*Z\n$/);
  await both.synced();
  assert.match((await both.synced(0, ['--status'])).stdout, /^pending: +0\noldest: +-\n/);
});

test('--dry-run says what would be sent, and sends nothing', async () => {
  newTables(3);
  both.change(`UPDATE menu_categories SET position = position + 1 WHERE restaurant_id = '${home}'`);
  const before = await both.stats(), rows = both.outbox('true', '*');
  const categories = Number(stack.sqlValue(`SELECT count(*) FROM menu_categories WHERE restaurant_id = '${home}'`));
  const run = await both.synced(0, ['--dry-run']);
  assert.equal(run.stdout, `${home}  ${'menu_category'.padEnd(16)} ${String(categories).padStart(6)}\n` +
    `${home}  ${'table'.padEnd(16)} ${'3'.padStart(6)}\n${3 + categories} rows would be sent\n`);
  assert.equal((await both.stats()).calls, before.calls);
  assert.deepEqual(both.outbox('true', '*'), rows);
});

// ---- What is wrong

test('options that make no sense: 64', async () => {
  for (const args of [['--for'], ['--for', '0'], ['--for', '-1'], ['--for', '86401'], ['--for', '5x'], ['--for', ''], ['--nothing'], ['now'],
    ['--full', '--verify'], ['--status', '--dry-run'], ['--json'], ['--full', '--json'], ['-x']]) {
    const run = await both.synced(USAGE, args);
    assert.notEqual(run.stderr, '', args.join(' '));
    assert.equal(run.stdout, '');
  }
  const help = await both.synced(0, ['--help']);
  for (const word of ['--once', '--for', '--full', '--verify', '--status', '--json', '--retry-dead', '--dry-run', '--quiet', '--config']) assert.ok(help.stdout.includes(word), word);
  assert.match((await both.synced(0, ['--version'])).stdout, /^orderzap-sync \d+\.\d+\.\d+/);
});

test('settings that make no sense: 78', async () => {
  newTables(1);
  const cases = [[{ CONVEX_URL: 'ftp://example.com' }, /CONVEX_URL must begin with https/], [{ CONVEX_URL: 'example.com' }, /CONVEX_URL/],
    [{ CONVEX_DEPLOY_KEY: '' }, /CONVEX_DEPLOY_KEY is not set/], [{ DATABASE_SYNC_URL: '' }, /DATABASE_SYNC_URL is not set/],
    [{ CONVEX_TIMEOUT_MS: '5' }, /CONVEX_TIMEOUT_MS/]];
  for (const [env, why] of cases) assert.match((await both.synced(CONFIG, ['--once'], env)).stderr, why);
  assert.match((await both.synced(CONFIG, ['--config', '/nonexistent'])).stderr, /nonexistent/);
  assert.equal(both.outbox().length, 1);
  const none = await both.synced(SOME_LEFT, ['--once'], { DATABASE_SYNC_URL: 'postgresql:///nobody?host=/nonexistent' });
  assert.match(none.stderr, /the database cannot be reached/);
});

test('a slash after the URL does no harm', async () => {
  newTables(1);
  await both.synced(ALL_SENT, ['--once'], { CONVEX_URL: `${mirror.url}//` });
  await both.same();
});

// ---- --for

const order = async (token, item) => expectStatus(await post(stack, '/api/orders', { token, body: { order_type: 'takeaway', items: [lineOf(item)] } }), 201).json;

const begun = () => until('it has the lock', () => stack.sqlValue(`SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
  WHERE locktype = 'advisory' AND application_name = 'orderzap-sync lock'`) === '1');

test('--for: orders are in the mirror at once, without a call between them', async () => {
  const token = await tokenOf(stack, 'waiter'), item = (await readMenu(stack)).byName['Tandoori Roti'];
  const batches = async () => (await both.calls()).filter((c) => c.path === 'sync:applyBatch').length;
  const run = both.start(['--for', '600']);
  const lags = [];
  await begun();
  for (let i = 0; i < 5; i++) {
    const placed = await order(token, item), start = performance.now();
    await until('it is sent', () => both.outbox().length === 0, 5000);
    lags.push(Math.round(performance.now() - start));
    assert.ok((await both.dump()).orders.some((o) => o.pgId === placed.id), 'it is in the mirror');
  }
  run.child.kill('SIGTERM');
  assert.equal((await run.ended).status, ALL_SENT);
  // Another one ends by itself: it sends what waits, and then nothing.
  await order(token, item);
  const calls = await batches();
  const { ms } = await both.synced(ALL_SENT, ['--for', '2']);
  assert.ok(ms >= 2000 && ms < 2000 + 1000 * patience, `${ms} ms`);
  assert.equal(await batches(), calls + 1, 'idle: no call');
  console.error(`# lags ${lags.join(', ')} ms`);
  await both.same();
});

test('--for ends at SIGTERM', async () => {
  const run = both.start(['--for', '600']);
  await begun();
  const start = performance.now();
  run.child.kill('SIGTERM');
  assert.equal((await run.ended).status, ALL_SENT);
  assert.ok(performance.now() - start < 2000 * patience);
});

test('an order does not wait for a mirror that hangs', async () => {
  const token = await tokenOf(stack, 'waiter'), item = (await readMenu(stack)).byName['Tandoori Roti'];
  await both.fault({ kind: 'hang', times: 0 });
  const first = await order(token, item);
  const run = both.start(['--for', '20'], { CONVEX_TIMEOUT_MS: 4000 * patience });
  await until('the call hangs', () => both.outbox('locked_until IS NOT NULL').length > 0);
  const start = performance.now();
  for (let i = 0; i < 10; i++) await order(token, item);
  const step = await post(stack, `/api/orders/${first.id}`, { token, body: {} });
  assert.ok(step.status >= 400);
  const took = performance.now() - start;
  assert.ok(both.outbox('locked_until IS NOT NULL').length > 0, 'the call hangs still');
  assert.ok(took < 3500 * patience, `${took} ms`);
  run.child.kill('SIGKILL');
  await run.ended;
  await both.alone();
  await mirror.control('reset');
  await both.synced(ALL_SENT, ['--full']);
  await both.same();
});

// ---- Large rows

test('large orders: calls of a mebibyte, and all arrive', async () => {
  const token = await tokenOf(stack, 'waiter'), item = (await readMenu(stack)).byName['Tandoori Roti'];
  const line = { ...lineOf(item), special_instructions: 'नमक कम '.repeat(70) };
  for (let i = 0; i < 15; i++)
    expectStatus(await post(stack, '/api/orders', { token, body: { order_type: 'takeaway', items: Array(100).fill(line) } }), 201);
  const before = (await both.calls()).length;
  await both.synced();
  const calls = (await both.calls()).slice(before);
  assert.ok(calls.length >= 2, `${calls.length} calls`);
  assert.equal(calls.reduce((n, c) => n + c.rows, 0), 15);
  for (const { bytes } of calls) assert.ok(bytes <= 2 ** 20 + 1000, `${bytes} bytes`);
  assert.ok(calls.slice(0, -1).every((c) => c.bytes > 2 ** 19), 'none is half empty');
  await both.same();
});

// ---- No mirror

// The last test: the system stays without.
test('without CONVEX_URL: 0, no outbox rows, health says off', async () => {
  for (const file of ['orderzap.env', 'sync.env'].map((name) => join(stack.dir, name)))
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^CONVEX_.*\n/gm, ''));
  const pidFile = join(stack.dir, 'run/orderzapd.pid');
  process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGTERM');
  await until('orderzapd has ended', () => !existsSync(pidFile));
  execFileSync(join(buildDir, 'orderzapd'), ['--config', stack.envFile]);
  await until('it is well', async () => (await get(stack, '/health')).status === 200);
  const token = await tokenOf(stack, 'waiter'), item = (await readMenu(stack)).byName['Tandoori Roti'];
  await order(token, item);
  assert.equal(stack.sqlValue('SELECT count(*) FROM sync_logs'), '0');
  assert.deepEqual((await get(stack, '/health')).json.sync, { status: 'off' });
  for (const args of [['--once'], ['--for', '30'], ['--full'], ['--verify'], ['--dry-run'], ['--retry-dead']]) {
    const run = await both.sync(args);
    assert.deepEqual([run.status, run.stdout, run.stderr], [0, '', ''], args.join(' '));
    assert.ok(run.ms < 2000 * patience);
  }
  assert.equal(JSON.parse((await both.synced(0, ['--status', '--json'])).stdout).mirror, 'off');
  assert.match((await both.synced(0, ['--status'])).stdout, /^mirror: +off/);
  assert.equal((await stack.ctl(['cleanup'])).status, 0);
});
