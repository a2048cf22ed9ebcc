// Closing a business day: who may, what is listed first, what happens at once with it, and that
// whatever comes later is of the next day. Days are set back to make room for further ones.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { call, expectProblem, expectStatus, get, lineOf, newKey, openSession, post, readMenu, tokenOf } from './lib/client.mjs';
import { hold } from './lib/hold.mjs';
import { Provider } from './lib/provider.mjs';
import { startStack } from './lib/stack.mjs';
import { until } from './lib/until.mjs';

const other = 'caffe-lungarno';
let stack, tokens, id, item, provider;
before(async () => {
  stack = await startStack();
  tokens = {};
  for (const role of ['kitchen', 'waiter', 'cashier', 'manager', 'owner']) tokens[role] = await tokenOf(stack, role);
  tokens.other = await tokenOf(stack, 'owner', other);
  ({ id } = stack.restaurant());
  item = (await readMenu(stack)).byName['Tandoori Roti'];
  provider = new Provider(stack, 'card-pay');
  expectStatus(await provider.setUp(tokens.owner), 200);
});
after(() => stack?.stop());

/** All that is stored is a day older. */
function sleepOver() {
  const tables = stack.sql(`SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'date'`);
  for (const by of [-1000, 999])
    stack.sql(`SET session_replication_role = replica; ${tables.map(([table, column]) => `UPDATE ${table} SET ${column} = ${column} + ${by}`).join('; ')};
      UPDATE business_days SET id = md5(restaurant_id || ' ' || business_date)::uuid`);
}

beforeEach(() => {
  sleepOver();
  stack.sql(`UPDATE sessions SET status = 'closed', closed_at = now() WHERE status = 'active'`); // nobody sits at a table
});

const today = (shift = 0) => stack.sqlValue(`SELECT business_date(now(), timezone, business_day_start) + ${shift} FROM restaurants WHERE id = '${id}'`);
const close = (date, body, role = 'manager', options = {}) => post(stack, `/api/business-days/${date}/close`, { token: tokens[role], body, ...options });
const closed = async (date = today(), body = { force: true }) => expectStatus(await close(date, body), 201).json;
const ask = async (status, path, body, role = 'manager') => expectStatus(await post(stack, path, { token: tokens[role], body }), status).json;
const order = (more = {}) => ask(201, '/api/orders', { order_type: 'takeaway', items: [lineOf(item, 2)], ...more });
const pay = (o, more = {}) => ask(201, '/api/payments', { order_id: o.id, amount: o.total_amount, method: 'card', ...more }, 'cashier');
const report = async (date) => expectStatus(await get(stack, `/api/reports/sales?from=${date}&to=${date}`, { token: tokens.owner }), 200).json.totals;

/** Whatever the tests before have left open is of a closed day. */
async function closePast() {
  for (const [date] of stack.sql(`SELECT DISTINCT business_date FROM orders WHERE restaurant_id = '${id}' AND business_date < '${today()}'
    AND business_date > (SELECT coalesce(closed_through, '-infinity') FROM restaurants WHERE id = '${id}') ORDER BY 1`)) await closed(date);
}

test('managers and owners close the day of their own restaurant', async () => {
  await closePast();
  const o = await order();
  await pay(o);
  const date = today();
  for (const role of ['kitchen', 'waiter', 'cashier']) {
    expectProblem(await close(date, {}, role), 403, 'insufficient_role');
    expectProblem(await get(stack, `/api/business-days/${date}/close`, { token: tokens[role] }), 403, 'insufficient_role');
    expectProblem(await get(stack, '/api/business-days', { token: tokens[role] }), 403, 'insufficient_role');
  }
  expectProblem(await post(stack, `/api/business-days/${date}/close`), 401, 'unauthenticated');
  const key = newKey();
  const made = expectStatus(await close(date, { force: false }, 'owner', { key }), 201);
  const day = made.json;
  assert.equal(made.headers.get('location'), `/api/business-days/${date}/close`);
  const owner = stack.sqlValue(`SELECT id FROM staff WHERE restaurant_id = '${id}' AND role = 'owner'`);
  assert.deepEqual([day.business_date, day.closed_by, day.was_forced], [date, owner, false]);
  assert.deepEqual([day.report.totals.orders, day.report.totals.total_amount, day.report.totals.paid], [1, o.total_amount, o.total_amount]);
  assert.deepEqual([day.report.first_order_number, day.report.last_order_number], [o.order_number, o.order_number]);
  const again = expectStatus(await close(date, { force: false }, 'owner', { key }), 201);
  assert.deepEqual([again.json, again.headers.get('idempotent-replayed')], [day, 'true']);
  assert.deepEqual(expectStatus(await get(stack, `/api/business-days/${date}/close`, { token: tokens.manager }), 200).json, day);
  // Nobody else's day is closed with it.
  expectProblem(await get(stack, `/api/business-days/${date}/close`, { token: tokens.other }), 404, 'not_found');
  assert.deepEqual(expectStatus(await get(stack, '/api/business-days', { token: tokens.other }), 200).json, { data: [], next_cursor: null });
  assert.equal(stack.sqlValue(`SELECT closed_through FROM restaurants WHERE slug = '${other}'`), '');
});

test('a day in the path is a day; the list is paged', async () => {
  await closePast();
  for (const bad of ['today', '2026-02-30', '2026-1-1', '0000-01-01', '20260101']) {
    expectProblem(await close(bad, {}), 404, 'not_found');
    expectProblem(await get(stack, `/api/business-days/${bad}/close`, { token: tokens.owner }), 404, 'not_found');
  }
  expectProblem(await close(today(), { force: 'yes' }), 422, 'validation_failed', ['/force']);
  expectProblem(await close(today(), { why: 'x' }), 422, 'validation_failed', ['/why']);
  const list = async (query) => expectStatus(await get(stack, `/api/business-days?${query}`, { token: tokens.owner }), 200).json;
  const all = (await list('')).data;
  assert.ok(all.length >= 1);
  await closed();
  const first = await list('limit=1'), second = await list(`limit=1&cursor=${first.next_cursor}`);
  assert.deepEqual([first.data[0].business_date, second.data[0].number], [today(), first.data[0].number - 1]);
  assert.deepEqual((await list(`from=${today()}&to=${today()}`)).data, first.data);
  assert.deepEqual((await list(`from=${today(1)}`)).data, []);
  expectProblem(await get(stack, '/api/business-days?cursor=x', { token: tokens.owner }), 422, 'validation_failed', ['cursor']);
  expectProblem(await get(stack, '/api/business-days?from=2026-11-02&to=2026-11-01', { token: tokens.owner }), 422, 'validation_failed', ['to']);
  expectProblem(await get(stack, '/api/business-days?from=x', { token: tokens.owner }), 422, 'validation_failed', ['from']);
});

test('what is open or unsettled is listed, and closed all the same if a manager insists', async () => {
  await closePast();
  const sitting = await openSession(stack, 0);
  const served = await ask(201, '/api/orders', { session_id: sitting.session.id, items: [lineOf(item, 1)] }, 'waiter');
  const unpaid = await order(), paid = await order();
  await pay(paid);
  const settled = await openSession(stack, 1); // it runs, and nothing is due
  const drawer = await ask(201, '/api/drawers', { float: 100 }, 'cashier');
  const problem = expectProblem(await close(today(), {}), 409, 'day_not_settled');
  assert.deepEqual(problem.sessions.map((s) => [s.id, s.status, s.due, s.credit]).sort(),
    [[sitting.session.id, 'active', served.total_amount, 0], [settled.session.id, 'active', 0, 0]].sort());
  assert.deepEqual(problem.orders.map((o) => [o.id, o.order_number, o.due, o.credit]), [[unpaid.id, unpaid.order_number, unpaid.total_amount, 0]]);
  assert.deepEqual(problem.drawers.map((d) => d.id), [drawer.id]);
  expectProblem(await close(today(), { force: false }), 409, 'day_not_settled');
  expectProblem(await close(today()), 409, 'day_not_settled');
  const day = await closed();
  assert.equal(day.was_forced, true);
  assert.deepEqual([day.report.unsettled.sessions.length, day.report.unsettled.orders.length, day.report.unsettled.drawers.length], [2, 1, 1]);
  assert.equal(day.report.owed_after - day.report.owed_before, served.total_amount + unpaid.total_amount);
  // States of what stayed open move on; its money is of the next day.
  expectStatus(await call(stack, 'PUT', `/api/orders/${served.id}`, { token: tokens.waiter, body: { status: 'served' } }), 200);
  const later = await pay(served, { order_id: undefined, session_id: sitting.session.id, method: 'cash' });
  assert.equal(later.business_date, today(1));
  expectStatus(await post(stack, `/api/sessions/${sitting.session.id}/close`, { token: tokens.waiter }), 200);
  assert.deepEqual(expectStatus(await get(stack, `/api/business-days/${day.business_date}/close`, { token: tokens.owner }), 200).json, day);
  await ask(200, `/api/drawers/${drawer.id}/close`, { counted: 100 + later.amount }, 'cashier');
});

test('what a later document makes due again, or owed, is unsettled on the day of that', async () => {
  await closePast();
  const { session } = await openSession(stack, 3);
  const served = await ask(201, '/api/orders', { session_id: session.id, items: [lineOf(item, 1)] }, 'waiter');
  const taken = await ask(201, '/api/payments', { session_id: session.id, amount: served.total_amount, method: 'card' }, 'cashier');
  expectStatus(await post(stack, `/api/sessions/${session.id}/close`, { token: tokens.waiter }), 200);
  const away = await order();
  const its = await pay(away);
  await closed();
  sleepOver();
  const date = today();
  const back = await ask(201, `/api/payments/${taken.id}/refunds`, { amount: served.total_amount, reason: 'wrong card', reopens_due: true }, 'cashier');
  assert.deepEqual([back.refunds[0].business_date, back.refunds[0].corrects_date], [date, today(-1)]);
  const comp = await ask(201, `/api/orders/${away.id}/adjustments`, { kind: 'comp', item_id: away.items[0].id, quantity: 1, reason: 'hair' });
  const problem = expectProblem(await close(date, {}), 409, 'day_not_settled');
  assert.deepEqual(problem.sessions.map((s) => [s.id, s.due]), [[session.id, served.total_amount]]);
  assert.deepEqual(problem.orders.map((o) => [o.id, o.credit]), [[away.id, -comp.total_amount]]);
  await ask(201, `/api/payments/${its.id}/refunds`, { amount: -comp.total_amount, reason: 'hair' }, 'cashier');
  await ask(201, '/api/payments', { session_id: session.id, amount: served.total_amount, method: 'card' }, 'cashier');
  const z = await closed(date, {});
  assert.deepEqual(z.report.corrections.map((c) => [c.kind, c.payment_id, c.refunded]).sort(),
    [['comp', null, 0], ['refund', its.id, -comp.total_amount], ['refund', taken.id, served.total_amount]].sort());
});

test('in order, each once, and none before it begins', async () => {
  await closePast();
  await order();
  sleepOver();
  const problem = expectProblem(await close(today(), { force: true }), 409, 'earlier_day_open');
  assert.match(problem.detail, new RegExp(today(-1)));
  await closed(today(-1));
  expectProblem(await close(today(1), { force: true }), 409, 'day_not_begun');
  await closed();
  expectProblem(await close(today(), { force: true }), 409, 'day_closed');
  expectProblem(await close(today(-1), { force: true }), 409, 'day_closed');
  expectProblem(await close(today(1), { force: true }), 409, 'day_not_begun');
  const numbers = stack.sql(`SELECT number FROM business_days WHERE restaurant_id = '${id}' ORDER BY business_date`).map(([n]) => Number(n));
  assert.deepEqual(numbers, numbers.map((_, i) => i + 1), 'without gaps');
});

test('what comes later is of the next day and says what it corrects', async () => {
  await closePast();
  const sold = await order({ items: [lineOf(item, 3)] }), unpaid = await order();
  const card = await pay(sold, { tip_amount: 100 });
  const online = await ask(201, '/api/payments/intents', { order_id: unpaid.id, provider: 'card-pay' }, 'waiter');
  expectStatus(await provider.captured(online), 200);
  const [captured] = expectStatus(await get(stack, `/api/payments?order_id=${unpaid.id}`, { token: tokens.waiter }), 200).json.data;
  const pending = await ask(201, `/api/payments/${captured.id}/refunds`, { amount: 100, reason: 'cold' }, 'cashier');
  const date = today(), next = today(1);
  const day = await closed();
  const kept = await report(date);
  assert.equal(kept.refunded, 0, 'what a provider has not given back yet');

  expectProblem(await post(stack, `/api/payments/${card.id}/void`, { token: tokens.cashier, body: { reason: 'x' } }), 409, 'day_closed');
  expectProblem(await post(stack, '/api/payments', { token: tokens.cashier, body: { order_id: sold.id, amount: 0, tip_amount: 5, method: 'cash' } }), 409, 'day_closed');
  const comp = await ask(201, `/api/orders/${sold.id}/adjustments`, { kind: 'comp', item_id: sold.items[0].id, quantity: 1, reason: 'hair' });
  assert.deepEqual([comp.business_date, comp.corrects_date], [next, date]);
  const refund = await ask(201, `/api/payments/${card.id}/refunds`, { amount: 10, reason: 'salt' }, 'cashier');
  assert.equal(refund.refunds[0].business_date, next);
  expectStatus(await provider.refunded(online, pending.refunds[0]), 200);
  const done = expectStatus(await get(stack, `/api/payments/${captured.id}`, { token: tokens.cashier }), 200).json.refunds[0];
  assert.deepEqual([done.status, done.business_date], ['done', next]);
  const placed = await order();
  assert.equal(placed.business_date, next);
  assert.deepEqual((await ask(201, '/api/orders', { order_type: 'takeaway', items: [lineOf(item, 1)] }, 'waiter')).order_number, placed.order_number + 1);
  // What was taken offline on the closed day, too.
  const offline = expectStatus(await post(stack, '/api/sync', { token: tokens.waiter, body: { client_id: 'till', changes: [{ change_id: newKey(), type: 'order.create',
    occurred_at: new Date(Date.now() - 60_000).toISOString(), payload: { order_type: 'takeaway', items: [lineOf(item, 1)] } }] } }), 200).json;
  assert.equal(offline.results[0].resource.business_date, next, JSON.stringify(offline));

  assert.deepEqual(await report(date), kept);
  assert.deepEqual(expectStatus(await get(stack, `/api/business-days/${date}/close`, { token: tokens.owner }), 200).json, day);
  const after = await report(next);
  assert.deepEqual([after.refunded, after.comp_amount > 0], [110, true]);
  // The next day's Z report names them.
  sleepOver();
  const z = await closed(date); // it is called that now
  assert.deepEqual(z.report.corrections.filter((c) => c.kind === 'comp').map((c) => [c.id, c.order_number, c.total_amount, c.reason]),
    [[comp.id, sold.order_number, comp.total_amount, 'hair']]);
  assert.equal(z.report.owed_before, day.report.owed_after);
});

test('a session of a closed day is not opened again', async () => {
  await closePast();
  const { session } = await openSession(stack, 2);
  expectStatus(await post(stack, `/api/sessions/${session.id}/close`, { token: tokens.waiter }), 200);
  await closed();
  expectProblem(await post(stack, `/api/sessions/${session.id}/reopen`, { token: tokens.manager }), 409, 'session_past');
});

test('a close waits for what is being written; what comes behind it is of the next day', async () => {
  await closePast();
  const before = await order();
  const date = today();
  // An order that is not committed yet.
  const held = await hold(stack, `SELECT pg_advisory_xact_lock_shared(hashtextextended('day ' || '${id}', 0))`);
  const closing = close(date, { force: true });
  await until('the close waits', () => held.waiting() > 0);
  const behind = order(); // it waits behind the close, and finds the day closed
  await until('the order waits, too', () => held.waiting() > 1);
  await held.run(`SET LOCAL session_replication_role = replica; UPDATE orders SET notes = 'written before the close' WHERE id = '${before.id}'`);
  await held.end('COMMIT');
  const day = expectStatus(await closing, 201).json;
  assert.equal(day.report.totals.orders, 1);
  assert.equal((await behind).business_date, today(1));
});

test('a close of which the worker dies leaves the day open', async () => {
  await closePast();
  await order();
  const held = await hold(stack, `SELECT FROM restaurants WHERE id = '${id}' FOR UPDATE`);
  const closing = close(today(), { force: true }).catch(() => null);
  await until('the close waits', () => held.waiting() > 0);
  stack.sql(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'orderzap_app' AND wait_event_type = 'Lock'`);
  const answer = await closing;
  await held.end();
  assert.ok(answer === null || answer.status === 503, answer?.text);
  assert.equal(stack.sqlValue(`SELECT count(*) FROM business_days WHERE restaurant_id = '${id}' AND business_date = '${today()}'`), '0');
  await closed();
});
