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
import { draw, expectBills, openEvening, perform, read, readOrder, reckonHouse } from '../api/lib/evening.mjs';
import { operations, usual } from '../api/lib/operations.mjs';
import { workersOf } from '../api/lib/processes.mjs';
import { random } from '../api/lib/random.mjs';
import { patience, until } from '../api/lib/until.mjs';
import { startMirrored } from '../sync/lib/mirror.mjs';

const OPERATIONS = Number(process.env.ORDERZAP_BILLS_OPERATIONS ?? 3000);
const CLIENTS = Number(process.env.ORDERZAP_BILLS_CLIENTS ?? 8);

// Prices and rates that leave much to round.
const halves = [{ name: 'CGST', share_ppm: 500000 }, { name: 'SGST', share_ppm: 500000 }];
const houses = [
  ['spice-garden', { tax_rate_ppm: 88750, tax_parts: halves, service_charge_ppm: 125000, service_charge_tax_rate_ppm: 180000, cash_rounding: 100, round_all_methods: true },
    [{ price: 24907 }, { price: 8999 }, { price: 4481 }, { price: 1103, tax_rate_ppm: 50000 }]],
  ['caffe-lungarno', { tax_rate_ppm: 100000, prices_include_tax: true, service_charge_ppm: 33000, service_charge_tax_rate_ppm: 100000, cash_rounding: 5 },
    [{ price: 1103 }, { price: 661 }, { price: 2207, tax_rate_ppm: 220000 }, { price: 331 }]],
];

let both, stack, world;
before(async () => {
  both = await startMirrored();
  ({ stack } = both);
  await both.fresh();
});
after(() => both?.stop());

/** One at work until there were enough operations. */
async function client(r, end, names) {
  while (world.done.length < end) {
    const next = await draw(world, r, names);
    if (next) await perform(world, next);
  }
}

/** So many operations with quiet points in between, where every bill is looked at; what came before a failure is told. */
async function work(t, clients, operations, between, { disturb = () => () => {}, names = usual } = {}) {
  const r = random(t), end = world.done.length + operations;
  try {
    while (world.done.length < end) {
      const next = Math.min(end, world.done.length + between);
      const stop = disturb(r);
      await Promise.all(Array.from({ length: clients }, () => client(r, next, names)));
      await stop();
      await expectBills(world);
    }
  } catch (error) {
    for (const line of stack.log().filter((l) => l.level === 'error').slice(-5)) t.diagnostic(JSON.stringify(line));
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
      stack.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'orderzap_app' AND state <> 'idle'
        AND backend_start < now() - interval '1 second' * ${patience} ORDER BY random() LIMIT 1`); // not one that only gets ready to work
      if (r.below(6) === 0 && killed < 6) killed += killOne(r);
    }
  })();
  return () => {
    running = false;
    return ended;
  };
}

const day = (offset) => new Date(Date.now() + offset * 86400000).toISOString().slice(0, 10);

const within = (row, wanted, slacks, what) => {
  for (const [field, amount] of Object.entries(wanted)) {
    assert.ok(Math.abs(row[field] - amount) <= (slacks[field] ?? 0), `${what}: ${field} ${row[field]}, not ${amount}`);
  }
};

/** What is still to be paid of all bills, below zero what is owed to guests. */
async function outstanding(here) {
  let open = 0;
  const token = here.tokens.waiter;
  for (const [id, session] of world.sessions) {
    if (session.house !== here || session.into) continue;
    const { due, credit } = await read(world, `/api/sessions/${id}/bill`, token);
    open += due - credit;
  }
  for (const o of world.orders.values()) {
    if (o.house !== here || o.session) continue;
    const { due, credit } = await readOrder(world, o) ?? { due: 0, credit: 0 }; // money may be on one that has ended
    open += due - credit;
  }
  return open;
}

/** The report's totals, however they are cut, are those of all orders and payments; what was sold and is not due was paid. */
async function expectReports(here) {
  const report = async (by) => (await read(world, `/api/reports/sales?from=${day(-2)}&to=${day(2)}&by=${by}`, here.tokens.manager)).totals;
  const { totals: wanted, slacks, unallocated } = reckonHouse(world, here), totals = await report('day');
  within(totals, wanted, slacks, here.slug);
  assert.deepEqual(Object.entries(await report('hour')).filter(([field, amount]) => totals[field] !== amount), [], 'by hour');
  assert.equal((await report('item')).subtotal, totals.subtotal);
  assert.deepEqual(Object.entries(await report('method')).filter(([field, amount]) => field !== 'net' && totals[field] !== amount), [], 'by method');
  const kept = totals.paid - totals.refunded - totals.rounding_amount - totals.deposits - unallocated;
  assert.equal(totals.total_amount - await outstanding(here), kept, 'sold, and not due any more');
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
});

test('while workers lose their connections and die: what was asked for again was done once', async (t) => {
  const died = () => stack.log().filter((l) => l.msg === 'a worker died').length, before = died();
  do await work(t, CLIENTS, OPERATIONS / 6, 100, { disturb: cutting });
  while (killed === 0);
  await until('one died', () => died() > before);
});

test('orders without a table: money stays on one that is cancelled after it was paid, and is shown', async (t) => {
  await work(t, CLIENTS, OPERATIONS / 6, 100, { names: ['takeaway', 'refund', 'cancel', 'delete', ...Array(3).fill('pay_order'), ...Array(4).fill('adjust')] });
});

test('nothing was left out', async (t) => {
  const isMissing = (name) => !world.counts.has(`${name} ${name === 'intrude' ? 'insufficient_role' : 'done'}`);
  for (let missing; (missing = Object.keys(operations).filter(isMissing)).length > 0;) {
    t.diagnostic(`never yet: ${missing}`);
    assert.ok(world.done.length < 4 * OPERATIONS, `never: ${missing}`);
    await work(t, CLIENTS, 100, 100, { names: [...usual, ...Array(10).fill(missing).flat()] });
  }
});

// Orders with what they stand at, all of it from documents, and the money that they have.
const BOOKS = `
  SELECT o.restaurant_id, o.id, o.session_id, o.status, o.payment_status, o.prices_include_tax, o.tax_parts, o.service_charge_ppm, o.subtotal - o.discount_amount AS placed_net,
    o.status <> 'cancelled' AND o.deleted_at IS NULL AS stands, o.standing IS NOT NULL AS is_altered,
    coalesce(o.standing -> 'settled', to_jsonb(o)) AS settled, coalesce(o.standing -> 'adjusted', to_jsonb(o)) AS adjusted, to_jsonb(o) AS placed,
    (SELECT coalesce(sum(a.amount - a.refunded_amount), 0) FROM payment_allocations a WHERE a.restaurant_id = o.restaurant_id AND a.order_id = o.id) AS kept,
    EXISTS (SELECT FROM order_adjustments j WHERE j.restaurant_id = o.restaurant_id AND j.order_id = o.id AND j.refund_id IS NOT NULL) AS is_refunded,
    EXISTS (SELECT FROM payment_allocations a WHERE a.restaurant_id = o.restaurant_id AND a.order_id = o.id AND a.refunded_amount > 0) AS has_returned
  FROM orders o`;
const none = (query, what) => assert.deepEqual(stack.sql(`WITH b AS (${BOOKS}) ${query}`), [], what);

test('no money is lost or counted twice', () => {
  none(`SELECT session_id, sum(greatest(total - kept, 0)), sum(greatest(kept - total, 0))
    FROM (SELECT session_id, kept, CASE WHEN stands THEN (adjusted ->> 'total_amount')::bigint ELSE 0 END AS total FROM b WHERE session_id IS NOT NULL) t
    GROUP BY 1 HAVING sum(greatest(total - kept, 0)) > 0 AND sum(greatest(kept - total, 0)) > 0`, 'sessions with something due and something too much');
  none(`SELECT p.id, p.amount, p.rounding_amount, p.flag FROM payments p WHERE p.purpose = 'bill' AND
    CASE WHEN p.voided_at IS NOT NULL THEN 0 ELSE p.amount - p.rounding_amount END - (
      SELECT coalesce(sum(a.amount), 0) FROM payment_allocations a WHERE a.restaurant_id = p.restaurant_id AND a.payment_id = p.id) NOT BETWEEN 0 AND CASE WHEN p.flag IS NULL THEN 0 ELSE p.amount END`,
  'payments that are not all allocated');
  none(`SELECT p.id FROM payments p WHERE p.flag IS NULL AND p.purpose = 'bill' AND
    (SELECT coalesce(sum(a.refunded_amount), 0) FROM payment_allocations a WHERE a.restaurant_id = p.restaurant_id AND a.payment_id = p.id) <>
    (SELECT coalesce(sum(f.amount - f.rounding_amount), 0) FROM refunds f WHERE f.restaurant_id = p.restaurant_id AND f.payment_id = p.id AND f.status = 'done')`, 'refunds of nothing that was paid');
  assert.equal(Number(stack.sqlValue('SELECT count(*) FROM payments')), world.payments.size);
  assert.equal(Number(stack.sqlValue('SELECT count(*) FROM orders')), world.orders.size);
});

test('orders are what was placed with the documents since', () => {
  for (const field of ['subtotal', 'discount_amount', 'service_charge_amount', 'tax_amount', 'tip_amount', 'deposit_used', 'total_amount'])
    none(`SELECT id, placed ->> '${field}', adjusted ->> '${field}' FROM b WHERE (is_altered OR stands) AND CASE WHEN stands THEN (adjusted ->> '${field}')::bigint ELSE 0 END <>
      (placed ->> '${field}')::bigint + (SELECT coalesce(sum(j.${field}), 0) FROM order_adjustments j WHERE j.restaurant_id = b.restaurant_id AND j.order_id = b.id)`, field);
  none(`SELECT id, stands, n, kinds FROM (SELECT b.id, stands, is_altered, (SELECT count(*) FILTER (WHERE j.ends_order) FROM order_adjustments j WHERE j.restaurant_id = b.restaurant_id AND j.order_id = b.id) AS n,
      (SELECT string_agg(j.kind, ' ' ORDER BY j.id) FROM order_adjustments j WHERE j.restaurant_id = b.restaurant_id AND j.order_id = b.id) AS kinds FROM b) t
    WHERE n <> CASE WHEN stands THEN 0 ELSE 1 END`, 'orders that do not end once');
  none(`SELECT id, status, payment_status, kept, adjusted ->> 'total_amount' FROM (SELECT b.*, CASE WHEN stands THEN (adjusted ->> 'total_amount')::bigint ELSE 0 END AS total FROM b) t
    WHERE payment_status <> CASE
      WHEN NOT stands AND kept = 0 THEN CASE WHEN is_refunded OR has_returned THEN 'refunded' ELSE 'unpaid' END
      WHEN kept < total THEN CASE WHEN kept > 0 THEN 'partially_paid' ELSE 'unpaid' END
      WHEN NOT is_refunded THEN 'paid'
      WHEN total > 0 THEN 'partially_refunded'
      ELSE 'refunded' END`, 'statuses that do not follow');
});

test('a table\'s sums are those of its orders, and each has its own tax within a unit', () => {
  none(`, o AS (SELECT session_id, (x ->> 'rate_ppm')::int AS rate, sum((x ->> 'taxable')::bigint) AS base FROM b, jsonb_array_elements(settled -> 'taxes') AS x WHERE stands AND session_id IS NOT NULL GROUP BY 1, 2),
    s AS (SELECT id AS session_id, (y ->> 0)::int AS rate, sum((y ->> 2)::bigint) AS base FROM sessions, jsonb_array_elements(sums::jsonb -> 'taxes') AS y GROUP BY 1, 2)
    SELECT session_id, rate, o.base, s.base FROM o FULL JOIN s USING (session_id, rate) WHERE coalesce(o.base, 0) <> coalesce(s.base, 0)`, 'bases of tax');
  none(`, o AS (SELECT session_id, service_charge_ppm AS rate, sum(CASE WHEN is_altered THEN (settled ->> 'service_base')::bigint ELSE placed_net END) AS base
      FROM b WHERE stands AND session_id IS NOT NULL AND service_charge_ppm > 0 GROUP BY 1, 2),
    s AS (SELECT id AS session_id, (y ->> 0)::int AS rate, sum((y ->> 1)::bigint) AS base FROM sessions, jsonb_array_elements(sums::jsonb -> 'services') AS y GROUP BY 1, 2)
    SELECT session_id, rate, o.base, s.base FROM o FULL JOIN s USING (session_id, rate) WHERE coalesce(o.base, 0) <> coalesce(s.base, 0)`, 'bases of service charges');
  none(`, t AS (SELECT id, p.amount, (x ->> 'taxable')::numeric * (x ->> 'rate_ppm')::numeric * p.share / (1000000 * (1000000 + CASE WHEN prices_include_tax THEN (x ->> 'rate_ppm')::numeric ELSE 0 END)) AS exact
      FROM b, jsonb_array_elements(settled -> 'taxes') AS x, LATERAL (
        SELECT (e.part ->> 'amount')::numeric AS amount, (b.tax_parts -> (e.n - 1)::int ->> 'share_ppm')::numeric AS share FROM jsonb_array_elements(x -> 'parts') WITH ORDINALITY AS e (part, n) WHERE jsonb_typeof(x -> 'parts') = 'array'
        UNION ALL SELECT (x ->> 'amount')::numeric, 1000000 WHERE x -> 'parts' IS NULL) p
      WHERE stands)
    SELECT * FROM t WHERE amount < floor(exact) OR amount > ceil(exact)`, 'taxes off by more than a unit');
});

test('the reports say the same', async () => {
  for (const here of new Set(world.parties.map((p) => p.house))) await expectReports(here);
});

test('the mirror holds the same', async () => {
  await until('all is sent', async () => (await both.sync(['--once'])).status === 0);
  assert.ok(await both.same() > world.orders.size);
});
