// scripts/demo --convex: the mirror beside the system, and the line that shows
// orders arrive there.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { expectStatus, get, lineOf, openSession, orderOf, post, readMenu } from '../api/lib/client.mjs';
import { isGone } from '../api/lib/processes.mjs';
import { buildDir, freePorts, root } from '../api/lib/stack.mjs';
import { until } from '../api/lib/until.mjs';

process.env.ORDERZAP_CLUSTER_OPTIONS ??= 'fsync = off';

let dir;
let status;
let welcome;
const demo = (...args) => new Promise((done) => {
  execFile(join(root, 'scripts/demo'), ['--dir', dir, ...args], { timeout: 240000 },
    (error, stdout, stderr) => done({ status: error ? error.code ?? 1 : 0, stdout, stderr }));
});
const system = { get url() { return status.url; }, restaurant: (slug = 'spice-garden') => status.restaurants.find((r) => r.slug === slug) };

before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'orderzap-mirror-'));
  chmodSync(dir, 0o755);
  const started = await demo('--port', String(await freePorts(3)), '--build-dir', buildDir, '--detach', '--convex');
  assert.equal(started.status, 0, started.stdout + started.stderr);
  welcome = started.stdout;
  status = JSON.parse((await demo('--status', '--json')).stdout);
});
after(async () => {
  await demo('--stop', '--quiet');
  rmSync(dir, { recursive: true, force: true });
});

const dump = async () => (await fetch(`${status.convex_url}/__standin/dump`, { method: 'POST' })).json();

test('the status names the mirror and its key, and health follows it', async () => {
  assert.match(status.convex_url, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.ok(status.convex_deploy_key.length > 20);
  await until('the first rows', async () => (await dump()).tables.length === 15);
  assert.equal(expectStatus(await get(system, '/health'), 200).json.sync.status, 'ok');
});

test('an order is in the mirror at once, and the printed line shows it', async () => {
  const line = welcome.split('\n').find((text) => text.includes('watch.mjs'));
  const watch = spawn('bash', ['-c', `exec env ${line.trim()}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  let shown = '';
  watch.stdout.setEncoding('utf8').on('data', (text) => { shown += text; });
  try {
    await until('the watch', () => shown.includes('Waiting for orders'), 30000);
    const asha = await openSession(system, 0);
    const { items } = await readMenu(system);
    const order = expectStatus(await post(system, '/api/orders', { token: asha.token, body: orderOf(lineOf(items.find((i) => i.is_available))) }), 201).json;
    await until('the order in the mirror', async () => (await dump()).orders.some((o) => o.pgId === order.id && o.totalAmount === order.total_amount));
    await until('its line', () => shown.includes(`order ${order.order_number} is pending`));
  } finally {
    watch.kill();
  }
});

test('stopping ends the mirror, too; another start fills it again', async () => {
  const pid = Number(readFileSync(join(dir, 'mirror.pid'), 'utf8')), before = (await dump()).orders.length;
  assert.ok(before > 1, 'those of the evening, too');
  assert.equal((await demo('--stop')).status, 0);
  await until('the mirror is gone', () => isGone(pid));
  await assert.rejects(dump());
  const port = Number(new URL(status.url).port);
  const again = await demo('--port', String(port), '--build-dir', buildDir, '--detach', '--quiet', '--convex');
  assert.equal(again.status, 0, again.stdout + again.stderr);
  await until('the orders are there again', async () => (await dump()).orders.length === before);
});
