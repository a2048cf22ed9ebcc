// The mirror's bench, `make bench-sync`: what orderzap-sync does for a waiting
// outbox, what memory that takes, and how far the mirror lags. The stand-in
// for Convex answers without running functions (its null mode).
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildDir, startStack } from '../tests/api/lib/stack.mjs';
import { expectStatus, lineOf, post, readMenu, tokenOf } from '../tests/api/lib/client.mjs';
import { deployKey, startDeployment } from '../tests/convex/lib/deployment.mjs';

const quick = process.argv.includes('--quick');
const FEW = 1000, MANY = quick ? 10000 : 100000;
const ORDERS = quick ? 100 : 1000, ORDERS_A_SECOND = 25;

const mirror = await startDeployment({ isNull: true });
process.env.ORDERZAP_CLUSTER_OPTIONS = ''; // durable
const stack = await startStack({ settings: { CONVEX_URL: mirror.url, CONVEX_DEPLOY_KEY: deployKey } });

/** Orders of three lines in both restaurants, without outbox rows. */
function addOrders() {
  stack.sql(`
    INSERT INTO orders (restaurant_id, id, business_date, order_number, order_type, currency, prices_include_tax, subtotal, tax_amount, taxes, total_amount)
    SELECT r.id, md5('bench' || n)::uuid, date '2030-01-01' + n / 10000, n, 'takeaway', r.currency, r.prices_include_tax, 3000, 0, '[]', 3000
    FROM generate_series(1, ${MANY}) AS n JOIN (SELECT r.*, row_number() OVER (ORDER BY r.id) AS place FROM restaurants r) AS r ON r.place = 1 + n % 2;
    INSERT INTO order_items (restaurant_id, id, order_id, position, menu_item_id, name, price, customization_amount, quantity, subtotal, tax_rate_ppm, station)
    SELECT o.restaurant_id, md5(o.id::text || k)::uuid, o.id, k, i.id, i.name, 1000, 0, 1, 1000, 0, i.station
    FROM orders o CROSS JOIN generate_series(1, 3) AS k
    CROSS JOIN LATERAL (SELECT i.* FROM menu_items i WHERE i.restaurant_id = o.restaurant_id ORDER BY i.id OFFSET k LIMIT 1) AS i`);
}

/** Leaves n orders waiting. */
function queue(n) {
  stack.sql('TRUNCATE sync_logs');
  stack.sql(`INSERT INTO sync_logs (restaurant_id, entity_type, entity_id, entity_version, next_attempt_at, created_at)
    SELECT o.restaurant_id, 'order', o.id, o.version, now(), now() FROM orders o ORDER BY o.id LIMIT ${n}`);
  stack.sql('VACUUM ANALYZE sync_logs, orders, order_items');
}

/** Runs the program to its end: {seconds, cpu, kib}: its own CPU seconds and peak of memory. */
async function run(...args) {
  const start = performance.now();
  const child = spawn(join(buildDir, 'orderzap-sync'), ['--config', stack.envFile, ...args], { stdio: 'inherit' });
  let kib = 0, ended = false;
  const done = new Promise((end) => child.on('exit', end)).finally(() => (ended = true));
  while (!ended) {
    try {
      kib = Math.max(kib, Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0));
    } catch { /* it has ended */ }
    await Promise.race([sleep(5), done]);
  }
  const status = await done;
  if (status !== 0) throw new Error(`orderzap-sync ended with ${status}`);
  return { seconds: (performance.now() - start) / 1000, kib };
}

async function drain(n) {
  queue(n);
  await mirror.control('reset');
  const { seconds, kib } = await run('--once', '--quiet');
  const { calls, rows, bytes, connections } = await mirror.control('stats');
  if (rows !== n || stack.sqlValue("SELECT count(*) FROM sync_logs WHERE convex_sync_status = 'synced'") !== String(n)) throw new Error(`${rows} rows of ${n} were sent`);
  return { n, seconds, kib, calls, connections, rowBytes: bytes / n };
}

/** Orders one after the other beside a run that goes on: from each answer to the mirror's having it, in ms. */
async function measureLag() {
  stack.sql('TRUNCATE sync_logs');
  await mirror.control('reset');
  const token = await tokenOf(stack, 'waiter'), item = (await readMenu(stack)).items.find((i) => i.is_available);
  const program = spawn(join(buildDir, 'orderzap-sync'), ['--config', stack.envFile, '--quiet', '--for', '55'], { stdio: 'inherit' });
  const ended = new Promise((end) => program.on('exit', end));
  const placed = [], lags = [];
  const polling = (async () => { // in the order in which they were placed
    while (lags.length < ORDERS) {
      const { rows } = await mirror.control('stats'), now = performance.now();
      while (lags.length < Math.min(rows, placed.length)) lags.push(Math.max(0, now - placed[lags.length]));
      await sleep(5);
    }
  })();
  const start = performance.now();
  for (let i = 0; i < ORDERS; i++) {
    expectStatus(await post(stack, '/api/orders', { token, body: { order_type: 'takeaway', items: [lineOf(item)] } }), 201);
    placed.push(performance.now());
    await sleep(Math.max(0, start + (i + 1) * 1000 / ORDERS_A_SECOND - performance.now()));
  }
  await polling;
  program.kill('SIGTERM');
  await ended;
  const { calls } = await mirror.control('stats');
  lags.sort((a, b) => a - b);
  const at = (share) => lags[Math.min(lags.length - 1, Math.floor(share * lags.length))];
  return { p50: at(0.5), p99: at(0.99), max: lags.at(-1), calls };
}

function table(head, rows) {
  const all = [head, ...rows], widths = head.map((_, i) => Math.max(...all.map((row) => row[i].length)));
  return all.map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ').trimEnd());
}

function tell(drains, lag) {
  const text = [
    ...table(['waiting', 'rows/s', 'seconds', 'calls', 'calls/1,000', 'bytes a row', 'VmHWM KiB'],
      drains.map((d) => [`${d.n} orders`, (d.n / d.seconds).toFixed(0), d.seconds.toFixed(2), String(d.calls),
        (d.calls / d.n * 1000).toFixed(1), d.rowBytes.toFixed(0), String(d.kib)])),
    '',
    ...table(['lag, ms', 'p50', 'p99', 'max', 'calls'],
      [[`${ORDERS} orders, ${ORDERS_A_SECOND} a second, --for 55`, lag.p50.toFixed(0), lag.p99.toFixed(0), lag.max.toFixed(0), String(lag.calls)]]),
    '',
    'Orders of three lines in two restaurants; the stand-in takes them and runs nothing. The lag is from the',
    `order's answer to the mirror's having it. PostgreSQL is durable. ${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, shared with both ends.`,
    `${new Date().toISOString()}, by: make bench-sync${quick ? ' BENCHFLAGS=--quick' : ''}`,
    '',
  ].join('\n');
  writeFileSync(join(buildDir, 'bench-sync.txt'), text);
  console.log(text);
}

try {
  addOrders();
  await drain(FEW); // not counted: what is slow at the first time
  const drains = [await drain(FEW), await drain(MANY)];
  tell(drains, await measureLag());
} finally {
  await stack.stop();
  await mirror.stop();
}
