// Thousands of random operations by many at once at a dozen tables of two
// restaurants: whatever happened, every bill, the reports and the mirror say
// what a second reckoning makes of the answers. Some of it happens while workers
// are killed and lose their connections: what was not answered is asked for
// again with its key.
//   ORDERZAP_BILLS_OPERATIONS, ORDERZAP_BILLS_CLIENTS: how many.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { draw, expectBills, openEvening, perform, read, reckonHouse } from '../api/lib/evening.mjs';
import { operations, usual } from '../api/lib/operations.mjs';
import { workersOf } from '../api/lib/processes.mjs';
import { random } from '../api/lib/random.mjs';
import { until } from '../api/lib/until.mjs';
import { startMirrored } from '../sync/lib/mirror.mjs';

const OPERATIONS = Number(process.env.ORDERZAP_BILLS_OPERATIONS ?? 3000);
const CLIENTS = Number(process.env.ORDERZAP_BILLS_CLIENTS ?? 8);

const houses = [
  ['spice-garden', { tax_rate_ppm: 50000, prices_include_tax: false }, [{ price: 24800 }, { price: 9000 }, { price: 4480 }, { price: 12000, tax_rate_ppm: 100000 }]],
  ['caffe-lungarno', { tax_rate_ppm: 100000, prices_include_tax: true }, [{ price: 1100 }, { price: 660 }, { price: 2200 }, { price: 330 }]],
];

let both, stack, world;
before(async () => {
  both = await startMirrored();
  ({ stack } = both);
  await both.fresh();
});
after(() => both?.stop());

/** One at work until there were enough operations. */
async function client(r, end) {
  while (world.done.length < end) {
    const next = await draw(world, r, usual);
    if (next) await perform(world, next);
  }
}

/** So many operations with quiet points in between, where every bill is looked at; what came before a failure is told. */
async function work(t, clients, operations, between, disturb = () => () => {}) {
  const r = random(t), end = world.done.length + operations;
  try {
    while (world.done.length < end) {
      const next = Math.min(end, world.done.length + between);
      const stop = disturb(r);
      await Promise.all(Array.from({ length: clients }, () => client(r, next)));
      await stop();
      await expectBills(world);
    }
  } catch (error) {
    for (const line of world.done.slice(-40)) t.diagnostic(JSON.stringify(line));
    throw error;
  }
  t.diagnostic([...world.counts].sort().map(([what, n]) => `${what} ${n}`).join(', '));
}

let killed = 0; // few: others start after pauses that grow

/** Kills a worker, unless few are left; whether it did. */
function killOne(r) {
  const workers = workersOf(Number(readFileSync(join(stack.dir, 'run/orderzapd.pid'), 'utf8')));
  if (workers.length <= 3) return false;
  try {
    return process.kill(r.from(workers), 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
    return false; // it was faster
  }
}

/** Cuts workers off from the database in the midst of what they do, and kills some; returns what ends that. */
function cutting(r) {
  let running = true;
  const ended = (async () => {
    while (running) {
      await sleep(50 + r.below(150));
      stack.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'orderzap_app' AND state <> 'idle' ORDER BY random() LIMIT 1`);
      if (r.below(6) === 0 && killed < 6) killed += killOne(r);
    }
  })();
  return () => {
    running = false;
    return ended;
  };
}

const day = (offset) => new Date(Date.now() + offset * 86400000).toISOString().slice(0, 10);

/** The report's totals, however they are cut, are those of all orders and payments. */
async function expectReports(here) {
  const report = (by) => read(world, `/api/reports/sales?from=${day(-2)}&to=${day(2)}&by=${by}`, here.tokens.manager);
  const wanted = reckonHouse(world, here), { totals } = await report('day');
  assert.deepEqual(Object.fromEntries(Object.keys(wanted).map((field) => [field, totals[field]])), wanted, here.slug);
  assert.equal((await report('item')).totals.subtotal, wanted.subtotal);
  assert.equal((await report('method')).totals.paid, wanted.paid);
}

test('one after the other: each order has the money that the ledger gives it', async (t) => {
  world = await openEvening(stack, houses, 6, { ledger: true });
  try {
    await work(t, 1, OPERATIONS / 6, 1);
  } finally {
    world.ledger = null; // from here on nobody knows the order
  }
});

test(`${OPERATIONS} operations by ${CLIENTS} at once: every bill is right at each quiet point`, async (t) => {
  await work(t, CLIENTS, OPERATIONS, 250);
  if (OPERATIONS >= 1000) for (const name of Object.keys(operations)) assert.ok(world.counts.get(`${name} ${name === 'intrude' ? 'insufficient_role' : 'done'}`) > 0, `never: ${name}`);
});

test('while workers lose their connections and die: what was asked for again was done once', async (t) => {
  const before = stack.log().filter((l) => l.msg === 'a worker died').length;
  await work(t, CLIENTS, OPERATIONS / 6, 100, cutting);
  const died = stack.log().filter((l) => l.msg === 'a worker died').length - before;
  if (OPERATIONS >= 1000) assert.ok(died > 0, 'none died');
});

test('no money is lost or counted twice', () => {
  assert.deepEqual(stack.sql(`SELECT o.id FROM orders o JOIN payment_allocations a ON a.restaurant_id = o.restaurant_id AND a.order_id = o.id
    GROUP BY o.id, o.total_amount HAVING sum(a.amount - a.refunded_amount) > o.total_amount`), [], 'orders that were paid twice');
  assert.deepEqual(stack.sql(`SELECT p.id FROM payments p LEFT JOIN payment_allocations a ON a.restaurant_id = p.restaurant_id AND a.payment_id = p.id
    WHERE p.flag IS NULL GROUP BY p.id, p.amount HAVING coalesce(sum(a.amount), 0) <> p.amount`), [], 'payments that are not all allocated');
  assert.equal(Number(stack.sqlValue('SELECT count(*) FROM payments')), world.payments.size);
  assert.equal(Number(stack.sqlValue('SELECT count(*) FROM orders')), world.orders.size);
});

test('the reports say the same', async () => {
  for (const here of new Set(world.parties.map((p) => p.house))) await expectReports(here);
});

test('the mirror holds the same', async () => {
  await until('all is sent', async () => (await both.sync(['--once'])).status === 0);
  assert.ok(await both.same() > world.orders.size);
});
