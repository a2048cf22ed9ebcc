// Business days of two restaurants: random operations by several at once, each day closed while they
// go on. However sales are cut, their sums are the same, and those of the exported documents; what was sold is due or was paid; and nothing of
// a day changes once it is closed. Between two days the dates of all that is stored are set back.
//   ORDERZAP_DAYS: how many; ORDERZAP_DAY_OPERATIONS: how many operations each.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { draw, expectBills, openEvening, perform, read, readOrder } from '../api/lib/evening.mjs';
import { call, expectProblem, expectStatus, newKey } from '../api/lib/client.mjs';
import { expectSums } from '../api/lib/exports.mjs';
import { usual } from '../api/lib/operations.mjs';
import { random } from '../api/lib/random.mjs';
import { startStack } from '../api/lib/stack.mjs';
import { sum } from '../api/lib/sums.mjs';

const DAYS = Number(process.env.ORDERZAP_DAYS ?? 12);
const OPERATIONS = Number(process.env.ORDERZAP_DAY_OPERATIONS ?? 120);
const CLIENTS = 6;
const ways = ['day', 'hour', 'item', 'category', 'method', 'tax_rate', 'staff', 'table', 'order_type', 'reason'];
const ofLines = ['item', 'category', 'tax_rate']; // an order has several: orders are not counted

const halves = [{ name: 'CGST', share_ppm: 500000 }, { name: 'SGST', share_ppm: 500000 }];
const houses = [
  ['spice-garden', { tax_rate_ppm: 88750, tax_parts: halves, service_charge_ppm: 125000, service_charge_tax_rate_ppm: 180000, cash_rounding: 100, round_all_methods: true },
    [{ price: 24907 }, { price: 8999 }, { price: 4481 }, { price: 1103, tax_rate_ppm: 50000 }]],
  ['caffe-lungarno', { tax_rate_ppm: 100000, prices_include_tax: true, service_charge_ppm: 33000, cash_rounding: 5, receipt_at_settlement: true },
    [{ price: 1103 }, { price: 661 }, { price: 2207, tax_rate_ppm: 220000 }, { price: 331 }]],
];

let stack, world, places;
before(async () => {
  stack = await startStack();
  world = await openEvening(stack, houses, 6);
  places = [...new Set(world.parties.map((p) => p.house))].map((here) => ({ here, id: stack.restaurant(here.slug).id, days: [] }));
});
after(() => stack?.stop());

const token = (place) => place.here.tokens.manager;
const today = (place) => stack.sqlValue(`SELECT business_date(now(), timezone, business_day_start) FROM restaurants WHERE id = '${place.id}'`);
const sales = (place, by, from, to) => read(world, `/api/reports/sales?from=${from}&to=${to}&by=${by}`, token(place));
const close = (place, date, body = { force: true }) => call(stack, 'POST', `/api/business-days/${date}/close`, { token: token(place), body, key: newKey() });

async function work(r, operations) {
  const end = world.done.length + operations;
  await Promise.all(Array.from({ length: CLIENTS }, async () => {
    while (world.done.length < end) {
      const next = await draw(world, r, usual);
      if (next) await perform(world, next);
    }
  }));
}

/** The calendar goes on by a day: all that is stored is a day older. */
function sleepOver() {
  const tables = stack.sql(`SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'date' AND table_name <> 'slugs'`);
  // In two steps, past each other's keys.
  for (const by of [-1000, 999])
    stack.sql(`SET session_replication_role = replica; ${tables.map(([table, column]) => `UPDATE ${table} SET ${column} = ${column} + ${by}`).join('; ')};
      UPDATE business_days SET id = md5(restaurant_id || ' ' || business_date)::uuid`);
}

/** Every way to cut sales has the same totals, which its rows add up to. */
async function expectSameSums(place, from, to) {
  let totals;
  for (const by of ways) {
    const report = await sales(place, by, from, to);
    totals ??= report.totals;
    const { orders, ...rest } = totals;
    assert.deepEqual(report.totals, ofLines.includes(by) ? rest : totals, `${place.here.slug} ${from} to ${to} by ${by}`);
    for (const name of Object.keys(report.totals)) assert.equal(sum(report.rows, (row) => row[name]), report.totals[name], `${by}: ${name}`);
  }
  return totals;
}

/** What is still to be paid of all bills, below zero what is owed to guests; less money that pays nothing. */
async function owed(place) {
  let open = 0;
  for (const [id, session] of world.sessions) {
    if (session.house !== place.here || session.into) continue;
    const { due, credit } = await read(world, `/api/sessions/${id}/bill`, place.here.tokens.waiter);
    open += due - credit;
  }
  for (const o of world.orders.values()) {
    if (o.house !== place.here || o.session) continue;
    const { due, credit } = await readOrder(world, o) ?? { due: 0, credit: 0 };
    open += due - credit;
  }
  return open - Number(stack.sqlValue(`SELECT coalesce(sum(amount - rounding_amount - (SELECT coalesce(sum(a.amount), 0) FROM payment_allocations a WHERE a.payment_id = p.id)
      - (SELECT coalesce(sum(f.amount - f.rounding_amount), 0) FROM refunds f WHERE f.payment_id = p.id AND f.status = 'done')
      + (SELECT coalesce(sum(a.refunded_amount), 0) FROM payment_allocations a WHERE a.payment_id = p.id)), 0)
    FROM payments p WHERE restaurant_id = '${place.id}' AND purpose = 'bill' AND voided_at IS NULL`));
}

/** Deposits that were taken and neither given back nor used. */
const held = (place) => Number(stack.sqlValue(`SELECT coalesce(sum(amount - refunded_amount), 0) - (
    SELECT coalesce(sum(coalesce((o.standing -> 'adjusted' ->> 'deposit_used')::bigint, o.deposit_used)), 0) FROM orders o
    WHERE o.restaurant_id = '${place.id}' AND o.deposit_id IS NOT NULL AND o.status <> 'cancelled' AND o.deleted_at IS NULL)
  FROM payments WHERE restaurant_id = '${place.id}' AND purpose = 'deposit' AND voided_at IS NULL`));

/** The one drawer of the place, into which all cash goes: it is counted every third day, and another is opened. */
async function tendDrawer(r, place, n) {
  const asks = async (status, path, body) => expectStatus(await call(stack, 'POST', path, { token: place.here.tokens.cashier, body, key: newKey() }), status).json;
  if (n % 3 === 1) {
    if (place.drawer) {
      const { expected } = expectStatus(await call(stack, 'GET', `/api/drawers/${place.drawer}`, { token: place.here.tokens.cashier }), 200).json;
      const counted = await asks(200, `/api/drawers/${place.drawer}/close`, { counted: Math.max(0, expected) + r.below(3) * 100 });
      assert.equal(counted.expected, expected);
    }
    place.drawer = (await asks(201, '/api/drawers', { float: 10000 + r.below(10000) })).id;
  }
  await asks(201, `/api/drawers/${place.drawer}/movements`, { amount: r.below(2) === 0 ? 5000 : -r.below(5000) - 1, reason: 'change' });
}

/** All cash of the day is in its drawers; what is in them at its end is what was there before, and the day's. */
function expectDrawers({ report: { drawers, methods } }, before) {
  const cash = methods.find((m) => m.key === 'cash')?.sales ?? { paid: 0, tips: 0, refunded: 0, refunded_tips: 0 };
  assert.equal(sum(drawers, (d) => d.cash_paid), cash.paid + cash.tips, 'cash that came in');
  assert.equal(sum(drawers, (d) => d.cash_refunded), cash.refunded + cash.refunded_tips, 'cash that was given back');
  for (const d of drawers) {
    const began = d.float ?? before.report.drawers.find((b) => b.id === d.id).expected;
    assert.equal(d.expected, began + d.cash_paid - d.cash_refunded + d.paid_in - d.paid_out, 'what is in a drawer');
    assert.equal(d.difference, d.counted === null ? null : d.counted - d.expected);
  }
}

/** Receipts and credit notes of each order that has one add up to what it comes to, and have numbers without gaps. */
function expectReceipts(place) {
  assert.deepEqual(stack.sql(`SELECT o.id, o.standing_total, sum(i.total_amount) FROM receipt_orders c JOIN orders o ON o.id = c.order_id JOIN receipts i ON i.id = c.receipt_id
    WHERE o.restaurant_id = '${place.id}' AND o.session_id IS NULL
    GROUP BY o.restaurant_id, o.id HAVING sum(i.total_amount) <> CASE WHEN o.status = 'cancelled' OR o.deleted_at IS NOT NULL THEN 0 ELSE coalesce(o.standing_total, o.total_amount) END`), []);
  // A table's receipt, too, with what corrects it.
  assert.deepEqual(stack.sql(`SELECT i.id FROM receipts i WHERE i.restaurant_id = '${place.id}' AND i.kind = 'receipt' AND NOT i.is_part
    AND i.total_amount + (SELECT coalesce(sum(n.total_amount), 0) FROM receipts n WHERE n.restaurant_id = i.restaurant_id AND n.corrects_id = i.id) <> (
      SELECT sum(CASE WHEN o.status = 'cancelled' OR o.deleted_at IS NOT NULL THEN 0 ELSE coalesce(o.standing_total, o.total_amount) END)
      FROM receipt_orders c JOIN orders o ON o.restaurant_id = c.restaurant_id AND o.id = c.order_id WHERE c.restaurant_id = i.restaurant_id AND c.receipt_id = i.id)`), []);
  assert.deepEqual(stack.sql(`SELECT kind, fiscal_year FROM receipts WHERE restaurant_id = '${place.id}' GROUP BY 1, 2 HAVING count(*) <> max(number)`), []);
}

const keptFor = (t) => t.paid - t.deposits - t.refunded + t.refunded_deposits - t.rounding_amount;

/** The Z reports follow each other, and what came after the last of them leads to what is owed now. */
async function expectEquation(place) {
  let before = { owed_after: 0, deposits_after: 0 };
  for (const { report } of place.days) {
    assert.equal(report.owed_before, before.owed_after);
    assert.equal(report.deposits_before, before.deposits_after);
    const { totals } = report;
    assert.equal(report.owed_after, report.owed_before + totals.total_amount - keptFor(totals), 'what was sold is owed or was paid');
    assert.equal(report.deposits_after, report.deposits_before + totals.deposits - totals.refunded_deposits - report.deposits_used);
    before = report;
  }
  const first = place.days.length > 0 ? `closed_through + 1` : `'2020-01-01'`;
  const [from, to] = stack.sql(`SELECT ${first}, current_date + 3 FROM restaurants WHERE id = '${place.id}'`)[0];
  const open = (await sales(place, 'day', from, to)).totals;
  assert.equal(before.owed_after + open.total_amount - keptFor(open), await owed(place), `${place.here.slug}: sales, dues and money`);
  const used = Number(stack.sqlValue(`SELECT coalesce(sum(u), 0) FROM (SELECT deposit_used AS u FROM orders WHERE restaurant_id = '${place.id}' AND deposit_id IS NOT NULL AND business_date >= '${from}'
    UNION ALL SELECT a.deposit_used FROM order_adjustments a JOIN orders o ON o.id = a.order_id WHERE a.restaurant_id = '${place.id}' AND o.deposit_id IS NOT NULL AND a.business_date >= '${from}') x`));
  assert.equal(before.deposits_after + open.deposits - open.refunded_deposits - used, held(place), 'deposits');
}

/** A closed day as it may be read: its Z report, and its sales in every way. */
async function readDay(place, date) {
  const cuts = {};
  for (const by of ways) cuts[by] = (({ rows, totals }) => ({ rows, totals }))(await sales(place, by, date, date));
  return JSON.parse(JSON.stringify(cuts).replaceAll(date, 'the day'));
}

async function live(r) {
  for (let n = 1; n <= DAYS; n++) {
    for (const place of places) await tendDrawer(r, place, n);
    await work(r, OPERATIONS);
    for (const place of places) await expectSums(stack, token(place), today(place), today(place));
    const running = work(r, OPERATIONS / 3);
    for (const place of places) {
      const date = today(place);
      const answers = await Promise.all([close(place, date), close(place, date)]);
      const [made] = answers.filter((a) => a.status === 201);
      assert.ok(made, answers[0].text);
      for (const other of answers.filter((a) => a !== made)) expectProblem(other, 409, 'day_closed'); // the other saw it closed
      assert.equal(made.json.number, n);
      place.days.push(made.json);
    }
    await running;
    await expectBills(world);
    for (const place of places) {
      const date = today(place), day = place.days.at(-1);
      const totals = await expectSameSums(place, date, date);
      const { net, ...kept } = totals;
      assert.deepEqual(day.report.totals, kept, 'the Z report has what the reports have');
      expectDrawers(day, place.days.at(-2));
      expectReceipts(place);
      for (const kind of ['receipt', 'credit_note'])
        assert.deepEqual([day.report[`${kind}s`].count, day.report[`${kind}s`].total_amount], stack.sql(`SELECT count(*), coalesce(sum(total_amount), 0)
          FROM receipts WHERE restaurant_id = '${place.id}' AND business_date = '${date}' AND kind = '${kind}'`)[0].map(Number));
      day.seen = await readDay(place, date);
      const { documents } = await expectSums(stack, token(place), date, date);
      assert.equal(documents.at(-1).number, String(n), 'the Z report comes last');
      await expectEquation(place);
    }
    sleepOver();
  }
}

test(`${DAYS} days, each closed in the midst of ${OPERATIONS} operations`, async (t) => {
  const r = random(t);
  try {
    await live(r);
  } catch (error) {
    for (const line of stack.log().filter((l) => l.level === 'error').slice(-5)) t.diagnostic(JSON.stringify(line));
    for (const line of world.done.slice(-200)) t.diagnostic(JSON.stringify(line));
    throw error;
  }
  t.diagnostic([...world.counts].sort().map(([what, k]) => `${what} ${k}`).join(', '));
});


test('closed days are as they were; all days together have the same sums however they are cut', async () => {
  const types = new Set(); // of documents
  for (const place of places) {
    const last = stack.sqlValue(`SELECT closed_through FROM restaurants WHERE id = '${place.id}'`);
    const dates = stack.sql(`SELECT business_date FROM business_days WHERE restaurant_id = '${place.id}' ORDER BY 1`).map(([d]) => d);
    assert.deepEqual([dates.length, dates.at(-1)], [DAYS, last]);
    for (const [i, date] of dates.entries()) {
      assert.deepEqual(await readDay(place, date), place.days[i].seen, `${place.here.slug}: day ${i + 1}`);
      const again = await read(world, `/api/business-days/${date}/close`, token(place));
      assert.deepEqual(again.report, place.days[i].report);
    }
    const { data } = await read(world, '/api/business-days', token(place));
    assert.deepEqual(data.map((d) => d.number), dates.map((_, i) => DAYS - i));
    const totals = await expectSameSums(place, dates[0], stack.sqlValue('SELECT current_date + 3'));
    const { documents } = await expectSums(stack, token(place), dates.slice(-28)[0], stack.sqlValue('SELECT current_date + 2'));
    for (const { type } of documents) types.add(type);
    assert.ok(totals.orders > DAYS && totals.void_amount > 0 && totals.comp_amount > 0);
  }
  for (const type of ['order', 'adjustment', 'payment', 'deposit', 'refund', 'credit_move', 'day_close']) assert.ok(types.has(type), type);
});

test('what was kept at the close is what the documents still say', () => {
  const names = stack.sql(`SELECT column_name FROM information_schema.columns WHERE table_name = 'day_sales' AND data_type = 'bigint' ORDER BY ordinal_position`).map(([name]) => name);
  const sums = names.map((name) => `sum(${name})`).join();
  const differing = stack.sql(`SELECT d.restaurant_id, d.business_date FROM business_days d WHERE (
      SELECT row(${sums})::text FROM day_sales s WHERE s.restaurant_id = d.restaurant_id AND s.business_date = d.business_date AND s.cut = 'day') IS DISTINCT FROM (
      SELECT row(${sums})::text FROM sales_facts(d.restaurant_id, d.business_date, d.business_date) f)`);
  assert.deepEqual(differing, []);
});

test('a day that is closed is not closed again, and the next one not before it begins', async () => {
  const [place] = places, date = today(place);
  const last = stack.sqlValue(`SELECT closed_through FROM restaurants WHERE id = '${place.id}'`);
  expectProblem(await close(place, last), 409, 'day_closed');
  expectProblem(await close(place, stack.sqlValue(`SELECT '${date}'::date + 1`)), 409, 'day_not_begun');
  expectProblem(await close(place, '2026-02-30'), 404, 'not_found');
  expectStatus(await close(place, date), 201);
});
