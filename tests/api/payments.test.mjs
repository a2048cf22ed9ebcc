// Money that staff take and give back: each method, the figures and statuses
// that follow, who pays what of a table's orders, and all of it at once.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { del, expectProblem, expectStatus, get, joinSession, lineOf, newKey, openSession, post, put, readMenu, tokenOf } from './lib/client.mjs';
import { hold } from './lib/hold.mjs';
import { random } from './lib/random.mjs';
import { startStack } from './lib/stack.mjs';
import { until } from './lib/until.mjs';

let stack, tokens, ids, item;
before(async () => {
  stack = await startStack(); // not shared: a deadlock in it is this file's
  stack.sql(`UPDATE restaurants SET session_opening = 'diner'`);
  tokens = {};
  for (const role of ['kitchen', 'waiter', 'cashier', 'manager', 'owner']) tokens[role] = await tokenOf(stack, role);
  ids = Object.fromEntries(stack.sql(`SELECT role, id FROM staff WHERE restaurant_id = '${stack.restaurant().id}'`));
  item = (await readMenu(stack)).byName['Tandoori Roti'];
});
after(() => stack?.stop());

const pay = (body, { token = tokens.waiter, key, headers } = {}) => post(stack, '/api/payments', { token, body: { method: 'cash', ...body }, key, headers });
const paid = async (body, options) => expectStatus(await pay(body, options), 201).json;
const refund = (payment, body, { token = tokens.cashier, key, headers } = {}) =>
  post(stack, `/api/payments/${payment.id ?? payment}/refunds`, { token, body: { reason: 'cold', ...body }, key, headers });
const refunded = async (payment, body, options) => expectStatus(await refund(payment, body, options), 201).json;
const readPayment = async (payment) => expectStatus(await get(stack, `/api/payments/${payment.id}`, { token: tokens.waiter }), 200).json;
const readOrder = async (order) => expectStatus(await get(stack, `/api/orders/${order.id}`, { token: tokens.waiter }), 200).json;
const statusOf = async (order) => (await readOrder(order)).payment_status;
const order = (token, fields = {}, quantity = 1) => post(stack, '/api/orders', { token, body: { order_type: 'dine_in', items: [lineOf(item, quantity)], ...fields } });
const ordered = async (token, fields, quantity) => expectStatus(await order(token, fields, quantity), 201).json;
/** A takeaway order: its own total, nobody else's. */
const takeaway = (fields = {}, quantity = 1) => ordered(tokens.cashier, { order_type: 'takeaway', ...fields }, quantity);
const activity = async (session) => expectStatus(await get(stack, `/api/sessions/${session.id}/activity?limit=200`, { token: tokens.waiter }), 200).json.data;
const list = async (query = '') => expectStatus(await get(stack, `/api/payments${query}`, { token: tokens.waiter }), 200).json;
const clear = () => stack.sql(`UPDATE sessions SET status = 'closed', closed_at = now() WHERE status = 'active'`);
/** A table whose diner ordered: a new session at the nth table, its orders by their quantities. */
async function party(n, ...quantities) {
  const opened = await openSession(stack, n);
  const orders = [];
  for (const quantity of quantities) orders.push(await ordered(opened.token, {}, quantity));
  return { ...opened, orders, total: orders.reduce((sum, o) => sum + o.total_amount, 0) };
}
const shares = (payment) => payment.allocations.map((a) => [a.order_id, a.amount]);

/** The sums of the database agree with each other, whatever happened. */
function expectBooksToAgree() {
  assert.deepEqual(stack.sql(`SELECT o.id, sum(a.amount), sum(a.refunded_amount)
    FROM orders o JOIN payment_allocations a ON a.restaurant_id = o.restaurant_id AND a.order_id = o.id
    GROUP BY o.restaurant_id, o.id HAVING sum(a.amount - a.refunded_amount) > coalesce(o.standing_total, o.total_amount)`), [], 'orders that were paid twice');
  assert.deepEqual(stack.sql(`SELECT p.id, p.amount, sum(a.amount) FROM payments p LEFT JOIN payment_allocations a ON a.restaurant_id = p.restaurant_id AND a.payment_id = p.id
    WHERE p.flag IS NULL AND p.voided_at IS NULL GROUP BY p.restaurant_id, p.id HAVING coalesce(sum(a.amount), 0) <> p.amount - p.rounding_amount`), [], 'payments that are not all allocated');
  assert.deepEqual(stack.sql(`SELECT p.id FROM payments p LEFT JOIN (SELECT payment_id, sum(amount) AS amount, sum(tip_amount) AS tip FROM refunds GROUP BY 1) f ON f.payment_id = p.id
    LEFT JOIN (SELECT payment_id, sum(refunded_amount) AS amount FROM payment_allocations GROUP BY 1) a ON a.payment_id = p.id
    WHERE p.refunded_amount <> coalesce(f.amount, 0) OR p.refunded_tip_amount <> coalesce(f.tip, 0) OR p.refunded_amount < a.amount`), [], 'refunds that do not add up');
  assert.deepEqual(stack.sql(`SELECT o.id, o.payment_status, m.kept FROM orders o CROSS JOIN LATERAL (
      SELECT coalesce(sum(a.amount - a.refunded_amount), 0) AS kept, coalesce(sum(a.refunded_amount), 0) > 0 AS returned, coalesce(o.standing_total, o.total_amount) AS total, EXISTS (
          SELECT FROM order_adjustments j WHERE j.restaurant_id = o.restaurant_id AND j.order_id = o.id AND j.refund_id IS NOT NULL) AS given
      FROM payment_allocations a WHERE a.restaurant_id = o.restaurant_id AND a.order_id = o.id) m
    WHERE o.payment_status <> CASE WHEN (o.status = 'cancelled' OR o.deleted_at IS NOT NULL) AND m.kept = 0 THEN CASE WHEN m.given OR m.returned THEN 'refunded' ELSE 'unpaid' END
      WHEN m.kept < m.total THEN CASE WHEN m.kept > 0 THEN 'partially_paid' ELSE 'unpaid' END
      WHEN NOT m.given THEN 'paid' WHEN m.total > 0 THEN 'partially_refunded' ELSE 'refunded' END`), [], 'statuses that do not follow');
  // What orders stand at is what they were placed at and the documents since.
  assert.deepEqual(stack.sql(`SELECT o.id FROM orders o WHERE coalesce(o.standing_total, o.total_amount) <> o.total_amount + (
    SELECT coalesce(sum(j.total_amount), 0) FROM order_adjustments j WHERE j.restaurant_id = o.restaurant_id AND j.order_id = o.id)`), [], 'documents that do not add up');
}

// ---- Taking

test('each method, and all that is written down', async () => {
  for (const method of ['cash', 'card', 'upi', 'online', 'other']) {
    const o = await takeaway();
    const more = { card: { provider: 'terminal 3', provider_ref: 'ref-1', card_brand: 'visa', card_last4: '0042' } }[method] ?? {};
    const answer = expectStatus(await pay({ order_id: o.id, amount: o.total_amount, tip_amount: 50, method, ...more }), 201);
    const { json: payment } = answer;
    const { id, business_date, created_at, updated_at, ...rest } = payment;
    assert.deepEqual(rest, {
      restaurant_id: stack.restaurant().id, order_id: o.id, session_id: null, intent_id: null, amount: o.total_amount, tip_amount: 50, currency: 'INR', method,
      provider: null, provider_ref: null, card_brand: null, card_last4: null, ...more, flag: null, refunded_amount: 0, refunded_tip_amount: 0,
      purpose: 'bill', for_diner_id: null, share_id: null, receipt_id: null, drawer_id: null, rounding_amount: 0, voided_at: null, voided_by: null, void_reason: null,
      allocations: [{ order_id: o.id, order_number: o.order_number, amount: o.total_amount, refunded_amount: 0 }], refunds: [],
      staff_id: ids.waiter, diner_id: null, version: 1,
    });
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    assert.equal(created_at, updated_at);
    assert.equal(business_date, stack.sqlValue(`SELECT business_date(now(), timezone, business_day_start) FROM restaurants WHERE id = '${stack.restaurant().id}'`));
    assert.equal(answer.headers.get('location'), `/api/payments/${id}`);
    assert.equal(answer.headers.get('etag'), '"1"');
    const read = expectStatus(await get(stack, `/api/payments/${id}`, { token: tokens.waiter }), 200);
    assert.deepEqual(read.json, payment);
    assert.equal(read.headers.get('etag'), '"1"');
    assert.equal(await statusOf(o), 'paid');
  }
});

test('exactly one of order and session', async () => {
  const o = await takeaway();
  expectProblem(await pay({ amount: 1 }), 422, 'validation_failed', ['/order_id']);
  expectProblem(await pay({ amount: 1, order_id: null, session_id: null }), 422, 'validation_failed', ['/order_id']);
  expectProblem(await pay({ amount: 1, order_id: o.id, session_id: randomUUID() }), 422, 'validation_failed', ['/session_id']);
});

test('every fault is reported at once', async () => {
  const o = await takeaway();
  for (const [field, values] of [
    ['amount', [undefined, null, -1, 0, 1.5, '1', true, 2 ** 53, [1]]],
    ['tip_amount', [-1, 0.5, '1', 2 ** 53]],
    ['method', [undefined, null, '', 'CASH', 'cheque', 1]],
    ['order_id', ['', 'x', 7, o.id.slice(1)]],
    ['id', ['x', 7]],
    ['provider', ['p'.repeat(61), 'a\nb', 7]],
    ['provider_ref', ['p'.repeat(256), 'a\tb', 7]],
    ['card_brand', ['p'.repeat(31), 'a\u0001b', 7]],
    ['card_last4', ['123', '12345', '12a4', '१२३४', 1234]],
    ['currency', ['INR']], ['payment_status', ['paid']], ['staff_id', [ids.owner]], ['flag', ['overpaid']], ['x', [1]],
  ]) for (const value of values) expectProblem(await pay({ order_id: o.id, amount: 1, [field]: value }), 422, 'validation_failed', [`/${field}`]);
  expectProblem(await pay({ amount: -1, method: 'x', tip_amount: -1, card_last4: 'x', y: 1 }), 422, 'validation_failed',
    ['/amount', '/method', '/tip_amount', '/card_last4', '/y', '/order_id']);
  for (const body of ['[]', 'null', '1']) expectProblem(await post(stack, '/api/payments', { token: tokens.waiter, body }), 422, 'validation_failed');
  for (const body of ['', '{', '{"amount":1,"amount":2}']) expectProblem(await post(stack, '/api/payments', { token: tokens.waiter, body }), 400, 'invalid_json');
  assert.equal(await statusOf(o), 'unpaid');
  assert.deepEqual((await list(`?order_id=${o.id}`)).data, []);
});

test('an order and a session that there are not', async () => {
  for (const field of ['order_id', 'session_id']) {
    const problem = expectProblem(await pay({ [field]: randomUUID(), amount: 1 }), 422, 'validation_failed', [`/${field}`]);
    assert.equal(problem.errors[0].code, 'not_found');
  }
  expectProblem(await get(stack, `/api/payments/${randomUUID()}`, { token: tokens.waiter }), 404, 'not_found');
  expectProblem(await refund(randomUUID(), { amount: 1 }), 404, 'not_found');
});

test('empty texts are as if they were not there', async () => {
  const o = await takeaway();
  const payment = await paid({ order_id: o.id, amount: 1, provider: '', provider_ref: ' ', card_brand: '', card_last4: '' });
  assert.deepEqual([payment.provider, payment.provider_ref, payment.card_brand, payment.card_last4], [null, null, null, null]);
});

test('an own id, once', async () => {
  const o = await takeaway(), id = randomUUID();
  assert.equal((await paid({ id, order_id: o.id, amount: 1 })).id, id);
  expectProblem(await pay({ id, order_id: o.id, amount: 1 }), 409, 'payment_exists');
  assert.equal((await list(`?order_id=${o.id}`)).data.length, 1);
});

test('what is due passes, one more does not; tips are apart', async () => {
  const o = await takeaway({}, 3);
  const problem = expectProblem(await pay({ order_id: o.id, amount: o.total_amount + 1 }), 409, 'overpaid');
  assert.match(problem.detail, new RegExp(`\\b${o.total_amount}\\b`));
  expectProblem(await pay({ order_id: o.id, amount: 2 ** 53 - 1 }), 409, 'overpaid');
  assert.equal(await statusOf(o), 'unpaid');
  const payment = await paid({ order_id: o.id, amount: o.total_amount, tip_amount: 99999 });
  assert.equal(payment.tip_amount, 99999);
  assert.equal(await statusOf(o), 'paid');
  expectProblem(await pay({ order_id: o.id, amount: 1 }), 409, 'overpaid');
  expectBooksToAgree();
});

test('step by step: unpaid to refunded, the version with the status', async () => {
  const o = await takeaway({}, 2), half = Math.floor(o.total_amount / 2);
  const seen = [];
  const look = async () => { const { payment_status, version } = await readOrder(o); seen.push([payment_status, version]); };
  await look();
  const first = await paid({ order_id: o.id, amount: half });
  await look();
  await paid({ order_id: o.id, amount: 1 });
  await look();
  const rest = await paid({ order_id: o.id, amount: o.total_amount - half - 1 });
  await look();
  await refunded(first, { amount: 1 });
  await look();
  await refunded(first, { amount: half - 1 });
  await refunded(rest, { amount: rest.amount });
  await look();
  for (const payment of (await list(`?order_id=${o.id}`)).data) if (payment.amount > payment.refunded_amount) await refunded(payment, { amount: payment.amount - payment.refunded_amount });
  await look();
  const v = o.version;
  assert.deepEqual(seen, [['unpaid', v], ['partially_paid', v + 1], ['partially_paid', v + 2], ['paid', v + 3], ['partially_refunded', v + 4],
    ['partially_refunded', v + 6], ['refunded', v + 7]]);
  expectBooksToAgree();
});

test('after a refund the right payment can be taken', async () => {
  const o = await takeaway();
  const wrong = await paid({ order_id: o.id, amount: o.total_amount, method: 'card' });
  await refunded(wrong, { amount: 10, reopens_due: true });
  expectProblem(await pay({ order_id: o.id, amount: 11 }), 409, 'overpaid');
  await paid({ order_id: o.id, amount: 10 });
  assert.equal(await statusOf(o), 'paid');
  await refunded(wrong, { amount: o.total_amount - 10, reopens_due: true });
  assert.equal(await statusOf(o), 'partially_paid');
  expectProblem(await pay({ order_id: o.id, amount: o.total_amount - 9 }), 409, 'overpaid');
  await paid({ order_id: o.id, amount: o.total_amount - 10 });
  assert.equal(await statusOf(o), 'paid');
  expectBooksToAgree();
});

test('a refund makes nothing due for the session', async () => {
  clear();
  const p = await party(0, 1, 1);
  const payment = await paid({ session_id: p.session.id, amount: p.total });
  await refunded(payment, { amount: 10 });
  expectProblem(await pay({ session_id: p.session.id, amount: 1 }), 409, 'overpaid');
  expectStatus(await post(stack, `/api/sessions/${p.session.id}/close`, { token: tokens.waiter }), 200);
  // The sale went down with the money; where the payment was wrong, it did not, and is due again.
  expectProblem(await pay({ order_id: p.orders[1].id, amount: 10 }), 409, 'overpaid');
  await refunded(payment, { amount: 10, reopens_due: true });
  assert.equal((await paid({ order_id: p.orders[1].id, amount: 10 })).session_id, p.session.id);
});

test('cancelled and deleted orders', async () => {
  clear();
  const o = await takeaway(), gone = await takeaway();
  expectStatus(await put(stack, `/api/orders/${o.id}`, { token: tokens.waiter, body: { status: 'cancelled' } }), 200);
  expectProblem(await pay({ order_id: o.id, amount: 1 }), 409, 'order_cancelled');
  expectStatus(await del(stack, `/api/orders/${gone.id}`, { token: tokens.manager, body: { reason: 'twice' } }), 204);
  expectProblem(await pay({ order_id: gone.id, amount: 1 }), 422, 'validation_failed', ['/order_id']);
  // Of a session only the others are paid.
  const p = await party(0, 1, 2, 3);
  expectStatus(await put(stack, `/api/orders/${p.orders[0].id}`, { token: p.token, body: { status: 'cancelled' } }), 200);
  expectStatus(await del(stack, `/api/orders/${p.orders[1].id}`, { token: tokens.manager, body: { reason: 'twice' } }), 204);
  expectProblem(await pay({ session_id: p.session.id, amount: p.orders[2].total_amount + 1 }), 409, 'overpaid');
  assert.deepEqual(shares(await paid({ session_id: p.session.id, amount: p.orders[2].total_amount })), [[p.orders[2].id, p.orders[2].total_amount]]);
  // What was paid before is given back, not paid again.
  const late = await takeaway();
  const payment = await paid({ order_id: late.id, amount: 5 });
  expectProblem(await put(stack, `/api/orders/${late.id}`, { token: tokens.waiter, body: { status: 'cancelled' } }), 409, 'order_paid');
  await refunded(payment, { amount: 5 });
  expectStatus(await put(stack, `/api/orders/${late.id}`, { token: tokens.waiter, body: { status: 'cancelled' } }), 200);
  expectProblem(await pay({ order_id: late.id, amount: 1 }), 409, 'order_cancelled');
  assert.equal(await statusOf(late), 'refunded');
});

test('an order that was paid is not deleted', async () => {
  const o = await takeaway();
  const payment = await paid({ order_id: o.id, amount: 1 });
  expectProblem(await del(stack, `/api/orders/${o.id}`, { token: tokens.manager, body: { reason: 'twice' } }), 409, 'order_paid');
  await refunded(payment, { amount: 1 });
  expectProblem(await del(stack, `/api/orders/${o.id}`, { token: tokens.manager, body: {} }), 422, 'validation_failed', ['/reason']);
  expectStatus(await del(stack, `/api/orders/${o.id}`, { token: tokens.manager, body: { reason: 'twice' } }), 204);
});

test('a session\'s payment goes to its orders, oldest first', async () => {
  clear();
  const p = await party(0, 1, 2, 3);
  const [a, b, c] = p.orders;
  expectProblem(await pay({ session_id: p.session.id, amount: p.total + 1 }), 409, 'overpaid');
  const first = await paid({ session_id: p.session.id, amount: a.total_amount + 1 });
  assert.deepEqual(shares(first), [[a.id, a.total_amount], [b.id, 1]]);
  assert.deepEqual([first.order_id, first.session_id], [null, p.session.id]);
  assert.deepEqual(await Promise.all(p.orders.map(statusOf)), ['paid', 'partially_paid', 'unpaid']);
  const own = await paid({ order_id: c.id, amount: 7 });
  assert.deepEqual([own.order_id, own.session_id, ...shares(own)], [c.id, p.session.id, [c.id, 7]]);
  const rest = await paid({ session_id: p.session.id, amount: p.total - a.total_amount - 8 });
  assert.deepEqual(shares(rest), [[b.id, b.total_amount - 1], [c.id, c.total_amount - 7]]);
  assert.deepEqual(await Promise.all(p.orders.map(statusOf)), ['paid', 'paid', 'paid']);
  assert.deepEqual(rest.allocations.map((x) => x.order_number), [b.order_number, c.order_number]);
  expectProblem(await pay({ session_id: p.session.id, amount: 1 }), 409, 'overpaid');
  // Each is in the session's log.
  const log = (await activity(p.session)).filter((l) => l.action === 'payment_recorded');
  assert.deepEqual(log.map((l) => [l.details, l.actor_role, l.actor_id]), [first, own, rest].map((payment) =>
    [{ payment_id: payment.id, amount: payment.amount, tip_amount: 0, method: 'cash' }, 'waiter', ids.waiter]));
  expectBooksToAgree();
});

test('a session closes when it is paid, or by force', async () => {
  clear();
  const p = await party(0, 1, 1), q = await party(1, 1);
  const close = (session, options) => post(stack, `/api/sessions/${session.id}/close`, { token: tokens.waiter, ...options });
  await paid({ session_id: p.session.id, amount: p.total - 1 });
  expectProblem(await close(p.session), 409, 'unpaid_orders');
  await paid({ session_id: p.session.id, amount: 1 });
  expectStatus(await close(p.session), 200);
  expectProblem(await close(q.session), 409, 'unpaid_orders');
  expectStatus(await close(q.session, { token: tokens.manager, body: { force: true } }), 200);
  // Late, but money is money.
  await paid({ session_id: q.session.id, amount: q.total });
  assert.equal(await statusOf(q.orders[0]), 'paid');
});

test('card numbers are refused, and not written anywhere', async () => {
  const o = await takeaway();
  const payment = await paid({ order_id: o.id, amount: 2 });
  const number = '4111 1111 1111 1111', bare = '4111111111111111';
  for (const field of ['provider', 'provider_ref', 'card_brand', 'card_last4'])
    for (const text of field === 'card_brand' ? [number, bare] : field === 'card_last4' ? [bare] : [number, bare, `ref ${bare}!`])
      expectProblem(await pay({ order_id: o.id, amount: 1, [field]: text }, { key: newKey() }), 422, 'card_number_rejected', field === 'card_last4' ? undefined : [`/${field}`]);
  const last = await refund(payment, { amount: 1, reason: `back to ${number}` }, { key: newKey() });
  expectProblem(last, 422, 'card_number_rejected', ['/reason']);
  assert.equal((await readPayment(payment)).refunded_amount, 0);
  await stack.accessLine(last);
  for (const text of [number, bare]) assert.ok(!JSON.stringify(stack.log()).includes(text));
  for (const table of ['payments', 'refunds', 'idempotency_keys', 'session_activity_log'])
    assert.equal(stack.sqlValue(`SELECT count(*) FROM ${table} t WHERE t::text ~ '4111 ?1111'`), '0', table);
});

test('a key pays once', async () => {
  const o = await takeaway({}, 4), key = newKey(), body = { order_id: o.id, amount: 5, tip_amount: 1 };
  const answers = await Promise.all(Array.from({ length: 10 }, () => pay(body, { key })));
  const done = answers.filter((a) => a.status === 201);
  for (const a of answers) if (a.status !== 201) expectProblem(a, 409, 'idempotency_in_progress');
  const again = await pay(body, { key });
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  for (const a of done) assert.equal(a.text, again.text);
  assert.equal(done.filter((a) => a.headers.get('idempotent-replayed') === null).length, 1);
  expectProblem(await pay({ ...body, amount: 6 }, { key }), 422, 'idempotency_key_reused');
  assert.equal((await list(`?order_id=${o.id}`)).data.length, 1);
  const backKey = newKey();
  const back = await refund(again.json, { amount: 2 }, { key: backKey });
  const back2 = await refund(again.json, { amount: 2 }, { key: backKey });
  assert.equal(back2.headers.get('idempotent-replayed'), 'true');
  assert.equal(back.text, back2.text);
  expectProblem(await refund(again.json, { amount: 3 }, { key: backKey }), 422, 'idempotency_key_reused');
  assert.equal((await readPayment(again.json)).refunded_amount, 2);
});

test('which roles may', async () => {
  const o = await takeaway({}, 9), p = await openSession(stack, 7);
  for (const token of [tokens.kitchen, p.token]) {
    expectProblem(await pay({ order_id: o.id, amount: 1 }, { token }), 403, 'insufficient_role');
    for (const path of ['', `/${randomUUID()}`]) expectProblem(await get(stack, `/api/payments${path}`, { token }), 403, 'insufficient_role');
  }
  let payment;
  for (const role of ['waiter', 'cashier', 'manager', 'owner']) payment = await paid({ order_id: o.id, amount: 9 }, { token: tokens[role] });
  for (const role of ['kitchen', 'waiter']) expectProblem(await refund(payment, { amount: 1 }, { token: tokens[role] }), 403, 'insufficient_role');
  for (const role of ['cashier', 'manager', 'owner']) assert.equal((await refunded(payment, { amount: 1 }, { token: tokens[role] })).refunds.at(-1).staff_id, ids[role]);
  clear();
});

// ---- Giving back

test('a refund, and all that is written down', async () => {
  clear();
  const p = await party(0, 2);
  const payment = await paid({ session_id: p.session.id, amount: p.total, tip_amount: 30 });
  const answer = expectStatus(await refund(payment, { amount: 4, tip_amount: 10, reason: '  too salty ' }), 201);
  const { json: now } = answer;
  assert.equal(answer.headers.get('etag'), `"${now.version}"`);
  assert.equal(answer.headers.get('location'), `/api/payments/${payment.id}`);
  assert.ok(now.version > payment.version);
  const [{ id, created_at, business_date, ...rest }] = now.refunds;
  assert.deepEqual(rest, { amount: 4, tip_amount: 10, rounding_amount: 0, status: 'done', flag: null, reopens_due: false, reason: 'too salty', staff_id: ids.cashier, drawer_id: null, corrects_date: null });
  assert.equal(business_date, payment.business_date);
  assert.match(created_at, /Z$/);
  assert.deepEqual([now.refunded_amount, now.refunded_tip_amount, now.allocations[0].refunded_amount], [4, 10, 4]);
  assert.deepEqual(await readPayment(payment), now);
  const tipOnly = await refunded(payment, { amount: 0, tip_amount: 20 });
  assert.deepEqual([tipOnly.refunded_amount, tipOnly.refunded_tip_amount, tipOnly.refunds.length], [4, 30, 2]);
  const log = (await activity(p.session)).filter((l) => l.action === 'payment_refunded');
  assert.deepEqual(log.map((l) => l.details), tipOnly.refunds.map((f) => ({ payment_id: payment.id, refund_id: f.id, amount: f.amount, tip_amount: f.tip_amount })));
  assert.equal(log[0].details.refund_id, id);
  for (const body of [{ amount: p.total - 3 }, { amount: 0, tip_amount: 1 }, { amount: 1, tip_amount: 1 }]) expectProblem(await refund(payment, body), 409, 'refund_exceeds_payment');
  await refunded(payment, { amount: p.total - 4 });
  expectProblem(await refund(payment, { amount: 1 }), 409, 'refund_exceeds_payment');
  assert.equal(await statusOf(p.orders[0]), 'refunded');
  expectBooksToAgree();
});

test('refunds that are not right', async () => {
  const o = await takeaway(), payment = await paid({ order_id: o.id, amount: 5 });
  for (const [field, values] of [
    ['amount', [undefined, null, -1, 0.5, '1', 2 ** 53]], ['tip_amount', [-1, '1']], ['reason', [null, '', '  ', 'x'.repeat(501), 7]], ['order_id', ['x', 7]], ['x', [1]],
  ]) for (const value of values) expectProblem(await refund(payment, { amount: 1, [field]: value }), 422, 'validation_failed', [`/${field}`]);
  expectProblem(await refund(payment, { amount: 0 }), 422, 'validation_failed', ['/amount']);
  expectProblem(await refund(payment, { amount: 0, tip_amount: 0 }), 422, 'validation_failed', ['/amount']);
  expectProblem(await post(stack, `/api/payments/${payment.id}/refunds`, { token: tokens.cashier, body: { amount: 1 } }), 422, 'validation_failed', ['/reason']);
  for (const other of [randomUUID(), (await takeaway()).id]) expectProblem(await refund(payment, { amount: 1, order_id: other }), 422, 'validation_failed', ['/order_id']);
  assert.deepEqual(await readPayment(payment), payment);
});

test('refunds honour If-Match', async () => {
  const o = await takeaway(), payment = await paid({ order_id: o.id, amount: 5 });
  for (const match of ['"2"', 'W/"1"', '"x"']) expectProblem(await refund(payment, { amount: 1 }, { headers: { 'If-Match': match } }), 412, 'version_mismatch');
  const now = await refunded(payment, { amount: 1 }, { headers: { 'If-Match': '"1"' } });
  expectProblem(await refund(payment, { amount: 1 }, { headers: { 'If-Match': '"1"' } }), 412, 'version_mismatch');
  await refunded(payment, { amount: 1 }, { headers: { 'If-Match': `"${now.version}"` } });
});

test('a refund takes from the order that is named, else from the newest', async () => {
  clear();
  const p = await party(0, 1, 1, 1), [a, b, c] = p.orders, one = a.total_amount;
  const payment = await paid({ session_id: p.session.id, amount: p.total });
  const taken = (x) => x.allocations.map((y) => y.refunded_amount);
  assert.deepEqual(taken(await refunded(payment, { amount: one + 2 })), [0, 2, one]);
  assert.deepEqual(await Promise.all(p.orders.map(statusOf)), ['paid', 'partially_refunded', 'refunded']);
  assert.deepEqual(taken(await refunded(payment, { amount: 3, order_id: a.id })), [3, 2, one]);
  expectProblem(await refund(payment, { amount: one - 2, order_id: a.id }), 409, 'refund_exceeds_payment');
  expectProblem(await refund(payment, { amount: 1, order_id: c.id }), 409, 'refund_exceeds_payment');
  assert.deepEqual(taken(await refunded(payment, { amount: one - 3, order_id: a.id.toUpperCase() })), [one, 2, one]);
  assert.deepEqual(taken(await refunded(payment, { amount: one - 2, order_id: b.id })), [one, one, one]);
  assert.deepEqual(await Promise.all(p.orders.map(statusOf)), ['refunded', 'refunded', 'refunded']);
  expectBooksToAgree();
});

// ---- Lists

test('lists by order and by session, page by page', async () => {
  clear();
  const p = await party(0, 5, 5), q = await party(1, 1), other = await takeaway();
  const made = [];
  for (let i = 0; i < 5; i++) made.push(await paid(i % 2 ? { order_id: p.orders[1].id, amount: 1 } : { session_id: p.session.id, amount: 2 }));
  await paid({ session_id: q.session.id, amount: 1 });
  await paid({ order_id: other.id, amount: 1 });
  const newest = [...made].reverse();
  assert.deepEqual((await list(`?session_id=${p.session.id}`)).data, newest);
  assert.deepEqual((await list(`?order_id=${p.orders[1].id}`)).data.map((x) => x.id), [made[3].id, made[1].id]);
  assert.deepEqual((await list(`?order_id=${p.orders[0].id}`)).data.map((x) => x.id), [made[4].id, made[2].id, made[0].id]);
  assert.deepEqual((await list(`?order_id=${p.orders[1].id}&session_id=${p.session.id}`)).data.length, 2);
  assert.deepEqual((await list(`?order_id=${p.orders[1].id}&session_id=${q.session.id}`)).data, []);
  for (const filter of ['order_id', 'session_id']) assert.deepEqual(await list(`?${filter}=${randomUUID()}`), { data: [], next_cursor: null });
  const all = stack.sql(`SELECT id FROM payments WHERE restaurant_id = '${stack.restaurant().id}' ORDER BY id DESC`).flat();
  for (const [filter, wanted] of [[`session_id=${p.session.id}`, newest.map((x) => x.id)], [`order_id=${p.orders[0].id}`, [made[4].id, made[2].id, made[0].id]], ['', all]]) {
    for (const limit of [1, 2, 3, 5, 200]) {
      const seen = [];
      for (let cursor = null, pages = 0; pages === 0 || cursor; pages++) {
        const page = await list(`?${filter}&limit=${limit}${cursor ? `&cursor=${cursor}` : ''}`.replace('?&', '?'));
        assert.ok(page.data.length <= limit && (page.next_cursor === null || page.data.length === limit));
        seen.push(...page.data.map((x) => x.id));
        cursor = page.next_cursor;
      }
      assert.deepEqual(seen, wanted, `${filter} ${limit}`);
    }
  }
  for (const query of ['order_id=x', 'session_id=', 'limit=0', 'limit=201', 'cursor=x', 'x=1'])
    assert.equal((await get(stack, `/api/payments?${query}`, { token: tokens.waiter })).status, 422, query);
});

// ---- The mirror

test('the mirror is to learn of payments, refunds and statuses', async () => {
  const o = await takeaway();
  const row = (type, id) => stack.sql(`SELECT entity_version, convex_sync_status FROM sync_logs WHERE entity_type = '${type}' AND entity_id = '${id}'`);
  const payment = await paid({ order_id: o.id, amount: o.total_amount });
  assert.deepEqual(row('payment', payment.id), [['1', 'pending']]);
  assert.deepEqual(row('order', o.id), [[String((await readOrder(o)).version), 'pending']]);
  stack.sql(`UPDATE sync_logs SET convex_sync_status = 'synced' WHERE entity_id IN ('${payment.id}', '${o.id}')`);
  const now = await refunded(payment, { amount: 1 });
  assert.deepEqual(row('payment', payment.id), [[String(now.version), 'pending']]);
  assert.deepEqual(row('order', o.id), [[String((await readOrder(o)).version), 'pending']]);
});

// ---- All at once

test('twenty payments at once never pay too much', async () => {
  for (let round = 0; round < 5; round++) {
    const o = await takeaway({}, 10), part = Math.floor(o.total_amount / 7);
    const answers = await Promise.all(Array.from({ length: 20 }, () => pay({ order_id: o.id, amount: part })));
    for (const a of answers) if (a.status !== 201) expectProblem(a, 409, 'overpaid');
    assert.equal(answers.filter((a) => a.status === 201).length, Math.floor(o.total_amount / part));
    assert.equal(stack.sqlValue(`SELECT sum(amount) FROM payment_allocations WHERE order_id = '${o.id}'`), String(part * Math.floor(o.total_amount / part)));
  }
  clear();
  const p = await party(0, 1, 2, 3, 4), tenth = Math.floor(p.total / 10);
  const answers = await Promise.all(Array.from({ length: 20 }, () => pay({ session_id: p.session.id, amount: tenth })));
  assert.deepEqual([...new Set(answers.map((a) => a.status))].sort(), [201, 409]);
  assert.equal(answers.filter((a) => a.status === 201).length, Math.floor(p.total / tenth));
  expectBooksToAgree();
});

test('the whole bill twice at once: by order and by session', async () => {
  for (let round = 0; round < 10; round++) {
    clear();
    const p = await party(0, 1, 1);
    const answers = await Promise.all([pay({ session_id: p.session.id, amount: p.total }), ...p.orders.map((o) => pay({ order_id: o.id, amount: o.total_amount }))]);
    const wins = answers.map((a) => a.status);
    assert.ok(wins.every((s) => [201, 409].includes(s)), wins.join());
    assert.ok((wins[0] === 201) !== (wins[1] === 201 || wins[2] === 201), wins.join());
    assert.equal(stack.sqlValue(`SELECT sum(amount) FROM payment_allocations WHERE order_id IN ('${p.orders[0].id}', '${p.orders[1].id}')`),
      String(wins[0] === 201 ? p.total : p.orders.reduce((sum, o, i) => sum + (wins[i + 1] === 201 ? o.total_amount : 0), 0)));
  }
});

test('twenty refunds at once never give too much back', async () => {
  for (let round = 0; round < 5; round++) {
    const o = await takeaway({}, 5);
    const payment = await paid({ order_id: o.id, amount: o.total_amount, tip_amount: 100 });
    const part = Math.floor(o.total_amount / 9);
    const answers = await Promise.all(Array.from({ length: 20 }, () => refund(payment, { amount: part, tip_amount: 7 })));
    for (const a of answers) if (a.status !== 201) expectProblem(a, 409, 'refund_exceeds_payment');
    assert.equal(answers.filter((a) => a.status === 201).length, Math.floor(o.total_amount / part));
    const now = await readPayment(payment);
    assert.equal(now.refunded_amount, part * now.refunds.length);
    assert.equal(now.refunded_tip_amount, 7 * now.refunds.length);
  }
  // By If-Match one of them counts.
  const o = await takeaway(), payment = await paid({ order_id: o.id, amount: 20 });
  const answers = await Promise.all(Array.from({ length: 20 }, () => refund(payment, { amount: 1 }, { headers: { 'If-Match': '"1"' } })));
  assert.deepEqual(answers.map((a) => a.status).sort(), [201, ...Array(19).fill(412)]);
  expectBooksToAgree();
});

test('payments, refunds, orders and mergers at once: everything adds up', async (t) => {
  const { below } = random(t);
  for (let round = 0; round < 8; round++) {
    clear();
    const p = await party(0, 1, 2, 3), q = await party(1, 1, 2);
    const guest = await joinSession(stack, p.code, p.pin, { name: 'Guest' });
    const earlier = await paid({ session_id: p.session.id, amount: p.orders[0].total_amount + 5 });
    const doing = [];
    const also = (name, answer, ...statuses) => doing.push(answer.then((a) => ({ name, a, ok: statuses.includes(a.status) })));
    const half = () => {
      for (let i = 0; i < 3; i++) {
        also('pay the session', pay({ session_id: below(2) ? p.session.id : q.session.id, amount: 1 + below(3000) }), 201, 409);
        also('pay an order', pay({ order_id: [...p.orders, ...q.orders][below(5)].id, amount: 1 + below(3000) }), 201, 409);
        also('give back', refund(earlier, { amount: 1 + below(50) }), 201, 409);
        also('a diner orders', order(guest.token), 201);
        also('staff cancel', put(stack, `/api/orders/${p.orders[2].id}`, { token: tokens.manager, body: { status: 'cancelled', reason: 'x' } }), 200, 409);
      }
    };
    half();
    also('merge', post(stack, `/api/sessions/${p.session.id}/merge`, { token: tokens.waiter, body: { session_id: q.session.id } }), 200);
    half();
    const failed = (await Promise.all(doing)).filter(({ ok }) => !ok).map(({ name, a }) => `${name}: ${a.status} ${a.text}`);
    assert.deepEqual(failed, [], `round ${round}`);
    expectBooksToAgree();
    assert.deepEqual(stack.sql(`SELECT p.id FROM payments p JOIN payment_allocations a ON a.restaurant_id = p.restaurant_id AND a.payment_id = p.id
      JOIN orders o ON o.restaurant_id = a.restaurant_id AND o.id = a.order_id
      WHERE p.session_id IS DISTINCT FROM o.session_id AND o.session_id IN ('${p.session.id}', '${q.session.id}')`), [], 'payments that did not go along');
    // What is left can be paid to the last unit, and then it closes.
    const due = Number(stack.sqlValue(`SELECT coalesce(sum(greatest(coalesce(o.standing_total, o.total_amount) - m.paid, 0)), 0) FROM orders o
      CROSS JOIN LATERAL (SELECT coalesce(sum(a.amount - a.refunded_amount), 0) AS paid FROM payment_allocations a WHERE a.order_id = o.id) m
      WHERE o.session_id = '${q.session.id}' AND o.status <> 'cancelled'`));
    if (due > 0) await paid({ session_id: q.session.id, amount: due });
    expectStatus(await post(stack, `/api/sessions/${q.session.id}/close`, { token: tokens.waiter }), 200);
  }
  expectBooksToAgree();
});

/** While the request waits for a to be merged into b, b is being merged, too: the request must not keep a meanwhile. */
async function betweenMergers(a, b, request) {
  const second = await hold(stack, `SELECT FROM sessions WHERE id = '${b}' FOR UPDATE`);
  const first = await hold(stack, `SET LOCAL session_replication_role = replica; SELECT FROM sessions WHERE id = '${a}' FOR UPDATE;
    ${['orders', 'payments', 'shares'].map((t) => `UPDATE ${t} SET session_id = '${b}' WHERE session_id = '${a}'`).join(';')}`);
  try {
    const answer = request();
    await until('the request waits for the first', () => first.waiting() === 1);
    await first.end('COMMIT');
    await until('the request waits for the second', () => second.waiting() === 1);
    await second.run(`SELECT FROM sessions WHERE id = '${a}' FOR UPDATE`);
    await second.end('COMMIT');
    return await answer;
  } finally {
    for (const held of [first, second]) await held.end();
  }
}

test('a session that is merged twice in a row while something is done to its orders', async () => {
  const ways = [
    (a) => pay({ order_id: a.orders[0].id, amount: 10 }),
    (a) => post(stack, `/api/orders/${a.orders[0].id}/adjustments`, { token: tokens.manager, body: { kind: 'discount', amount: 1, reason: 'cold' } }),
    (a, b, c) => post(stack, `/api/orders/${a.orders[0].id}/transfer`, { token: tokens.waiter, body: { session_id: c.session.id, items: [{ item_id: a.orders[0].items[0].id, quantity: 1 }], reason: 'theirs' } }),
    async (a) => refund(a.earlier, { amount: 1 }),
    (a) => pay({ share_id: a.share, amount: 1 }),
  ];
  for (const way of ways) {
    clear();
    const a = await party(0, 2), b = await party(1, 1), c = await party(2, 1);
    a.earlier = await paid({ session_id: a.session.id, amount: 5 });
    a.share = expectStatus(await post(stack, `/api/sessions/${a.session.id}/split`, { token: tokens.waiter, body: { by: 'equal', parts: 2 } }), 201).json.shares[0].id;
    if (way === ways[0]) expectStatus(await del(stack, `/api/sessions/${a.session.id}/split`, { token: tokens.waiter }), 204);
    expectStatus(await betweenMergers(a.session.id, b.session.id, () => way(a, b, c)), 201);
  }
  assert.deepEqual(stack.deadlocks(), []);
});

test('nobody had to be rolled back for another', () => {
  assert.deepEqual(stack.deadlocks(), []);
});

test('the log holds no body and no 500', async () => {
  await until('quiet', () => stack.log().length > 0);
  assert.deepEqual(stack.log().filter((l) => l.level === 'error' || l.status === 500), []);
  assert.ok(!JSON.stringify(stack.log()).includes('too salty'));
});
