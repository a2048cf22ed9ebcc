// A session's time: pushed on while it is used, over but not forgotten while it owes; and sessions
// that are opened again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { call, expectProblem, expectStatus, get, joinSession, lineOf, newKey, openSession, post, readMenu, tokenOf } from './lib/client.mjs';
import { hold } from './lib/hold.mjs';
import { startStack } from './lib/stack.mjs';
import { patience, until } from './lib/until.mjs';

const slug = 'spice-garden', theirs = 'caffe-lungarno';
const MINUTE = 60000, EXPIRY = 180 * MINUTE;

let stack, tokens, anOrder;
before(async () => {
  stack = await startStack();
  stack.sql(`UPDATE restaurants SET session_opening = 'diner'`);
  tokens = {};
  for (const role of ['kitchen', 'waiter', 'cashier', 'manager', 'owner']) tokens[role] = await tokenOf(stack, role);
  anOrder = { order_type: 'dine_in', items: [lineOf((await readMenu(stack)).byName['Tandoori Roti'])] };
});
after(() => stack?.stop());

const table = (n, of = slug) => stack.restaurant(of).tables[n];
const clear = () => stack.sql(`UPDATE sessions SET status = 'closed', closed_at = now() WHERE status = 'active'`);
const timeLeft = (session, minutes) => stack.sql(`UPDATE sessions SET expires_at = now() + interval '${minutes} minutes' WHERE id = '${session.id}'`);
const runOut = (session) => timeLeft(session, -1);
const order = (token, more = {}) => post(stack, '/api/orders', { token, body: { ...anOrder, ...more } });
const ordered = async (token, more) => expectStatus(await order(token, more), 201).json;
const pay = (session, amount, token = tokens.waiter) => post(stack, '/api/payments', { token, body: { session_id: session.id, amount, method: 'cash' } });
const read = async (session) => expectStatus(await get(stack, `/api/sessions/${session.id}`, { token: tokens.waiter }), 200).json;
const change = (what, session, body, token = tokens.waiter, key = undefined) => post(stack, `/api/sessions/${session.id}/${what}`, { token, body, key });
const welcome = async (n) => expectStatus(await get(stack, `/api/r/${slug}/tables/${table(n).code}`), 200).json;
const tableJson = async (n) => expectStatus(await get(stack, `/api/tables/${table(n).id}`, { token: tokens.waiter }), 200).json;
const listed = async (query, token = tokens.waiter) => {
  const ids = [];
  for (let cursor = ''; cursor !== null;) {
    const page = expectStatus(await get(stack, `/api/sessions?limit=2&${query}${cursor && `&cursor=${cursor}`}`, { token }), 200).json;
    ids.push(...page.data.map((s) => s.id));
    cursor = page.next_cursor;
  }
  return ids;
};
const endsIn = (session) => Date.parse(session.expires_at) - Date.now();
const isWhole = (session) => Math.abs(endsIn(session) - EXPIRY) < 10000 * patience;

// ---- Pushed on

/** What others hear of a session: its mirror row, its events, its cursor. */
const told = (session) => stack.sql(`SELECT s.version, s.updated_at, s.changed_xid,
    (SELECT l.entity_version || ' ' || l.next_attempt_at FROM sync_logs l WHERE l.entity_id = s.id),
    (SELECT count(*) FROM events e WHERE e.session_id = s.id AND e.type = 'session.updated')
  FROM sessions s WHERE s.id = '${session.id}'`);

test('an order or a payment pushes the end on once less than half is left, and nobody is told', async () => {
  clear();
  const asha = await openSession(stack, 0);
  const ways = [
    ['a guest orders', () => order(asha.token), 201],
    ['staff order for the session', () => order(tokens.waiter, { session_id: asha.session.id }), 201],
    ['staff order for the table', () => order(tokens.waiter, { table_id: table(0).id }), 201],
    ['a payment', () => pay(asha.session, 100), 201],
  ];
  for (const [what, act, status] of ways) {
    timeLeft(asha.session, 89);
    const before = told(asha.session);
    expectStatus(await act(), status);
    const after = await read(asha.session);
    assert.ok(isWhole(after), `${what}: ${endsIn(after) / MINUTE} minutes`);
    assert.deepEqual(told(asha.session), before, what);
  }
  for (const [what, act, status] of ways) {
    timeLeft(asha.session, 100);
    const before = (await read(asha.session)).expires_at;
    expectStatus(await act(), status);
    assert.equal((await read(asha.session)).expires_at, before, `${what}: more than half is left`);
  }
});

test('reading, quoting and what is refused push nothing; what staff set is told as before', async () => {
  clear();
  const asha = await openSession(stack, 0);
  timeLeft(asha.session, 10);
  const { expires_at, version } = await read(asha.session);
  expectStatus(await get(stack, '/api/sessions/current', { token: asha.token }), 200);
  expectStatus(await post(stack, '/api/orders/quote', { token: asha.token, body: anOrder }), 200);
  expectProblem(await order(asha.token, { expected_total: 1 }), 409, 'total_changed');
  expectProblem(await pay(asha.session, 1), 409, 'overpaid');
  assert.equal((await read(asha.session)).expires_at, expires_at);
  await ordered(asha.token);
  const before = told(asha.session);
  const longer = expectStatus(await change('extend', asha.session, { minutes: 30 }), 200).json;
  assert.equal(longer.version, version + 1);
  assert.ok(Math.abs(endsIn(longer) - EXPIRY - 30 * MINUTE) < 10000 * patience);
  assert.notDeepEqual(told(asha.session), before);
});

test('twenty orders at once push it once', async () => {
  clear();
  const asha = await openSession(stack, 0);
  timeLeft(asha.session, 10);
  const { version } = await read(asha.session);
  await Promise.all(Array.from({ length: 20 }, () => ordered(asha.token)));
  const after = await read(asha.session);
  assert.ok(isWhole(after));
  assert.equal(after.version, version);
});

// ---- Overdue

test('past its time with something due it is active and overdue', async () => {
  clear();
  const asha = await openSession(stack, 0);
  const { id, total_amount } = await ordered(asha.token);
  runOut(asha.session);
  const seen = await read(asha.session);
  assert.deepEqual([seen.status, seen.overdue, seen.closed_at], ['active', true, null]);
  const { session } = await tableJson(0);
  assert.deepEqual([session.id, session.status, session.overdue], [asha.session.id, 'active', true]);
  assert.deepEqual((await welcome(0)).session, { active: true, overdue: true, expires_at: seen.expires_at });
  assert.deepEqual(await listed('status=active'), [asha.session.id]);
  assert.ok(!(await listed('status=expired')).includes(asha.session.id));
  const snapshot = expectStatus(await get(stack, '/api/sync', { token: tokens.waiter }), 200).json;
  assert.deepEqual(snapshot.sessions.map((s) => [s.id, s.overdue]), [[asha.session.id, true]]);

  // The guests may look, ask, join and pay, but not order.
  const current = expectStatus(await get(stack, '/api/sessions/current', { token: asha.token }), 200).json;
  assert.deepEqual([current.status, current.overdue, current.orders.map((o) => o.id)], ['active', true, [id]]);
  assert.equal(expectStatus(await get(stack, `/api/sessions/${asha.session.id}/bill`, { token: asha.token }), 200).json.status, 'active');
  expectStatus(await post(stack, '/api/service-calls', { token: asha.token, body: { kind: 'bill' } }), 201);
  const bela = await joinSession(stack, table(0).code, asha.pin);
  for (const path of ['/api/orders', '/api/orders/quote']) {
    expectProblem(await post(stack, path, { token: bela.token, body: anOrder }), 409, 'session_overdue');
  }
  // The next guests cannot have the table.
  expectProblem(await post(stack, `/api/r/${slug}/sessions`, { body: { code: table(0).code, display_name: 'Next' } }), 409, 'session_active');
  expectProblem(await post(stack, `/api/tables/${table(0).id}/session`, { token: tokens.waiter }), 409, 'session_active');
  expectProblem(await call(stack, 'DELETE', `/api/tables/${table(0).id}`, { token: tokens.manager }), 409, 'table_in_use');
  // Neither a payment of a part nor an order of staff gives it more time; staff do.
  expectStatus(await pay(asha.session, 100), 201);
  const more = await ordered(tokens.waiter, { table_id: table(0).id });
  assert.equal(more.session_id, asha.session.id);
  assert.equal((await read(asha.session)).overdue, true);
  expectProblem(await order(asha.token), 409, 'session_overdue');
  const longer = expectStatus(await change('extend', asha.session, { minutes: 30 }), 200).json;
  assert.deepEqual([longer.status, longer.overdue], ['active', false]);
  await ordered(asha.token);
  assert.equal(expectStatus(await get(stack, `/api/sessions/${asha.session.id}/bill`, { token: asha.token }), 200).json.total_amount, 3 * total_amount);
});

test('staff give an overdue one a new PIN, move it, and merge it', async () => {
  clear();
  const asha = await openSession(stack, 0), bela = await openSession(stack, 1);
  await ordered(asha.token);
  runOut(asha.session);
  expectStatus(await change('pin', asha.session), 200);
  assert.equal(expectStatus(await change('move', asha.session, { table_id: table(2).id }), 200).json.table_id, table(2).id);
  expectProblem(await change('move', bela.session, { table_id: table(2).id }), 409, 'session_active');
  expectProblem(await change('close', asha.session), 409, 'unpaid_orders');
  expectStatus(await change('merge', asha.session, { session_id: bela.session.id }), 200);
  assert.equal((await listed('due=true'))[0], bela.session.id);
});

test('once it is paid it has expired, and makes way', async () => {
  clear();
  const asha = await openSession(stack, 0);
  const { total_amount } = await ordered(asha.token);
  runOut(asha.session);
  expectStatus(await pay(asha.session, total_amount), 201);
  const seen = await read(asha.session);
  assert.deepEqual([seen.status, seen.overdue], ['expired', false]);
  assert.equal((await tableJson(0)).session, null);
  expectProblem(await order(asha.token), 401, 'session_ended');
  await openSession(stack, 0);
  assert.match((await read(asha.session)).closed_at, /Z$/);
});

test('cleanup ends what has run out, but not what owes', async () => {
  clear();
  const owing = await openSession(stack, 0), paid = await openSession(stack, 1), idle = await openSession(stack, 2);
  await ordered(owing.token);
  expectStatus(await pay(paid.session, (await ordered(paid.token)).total_amount), 201);
  for (const s of [owing, paid, idle]) runOut(s.session);
  assert.equal(stack.sqlValue('SELECT sessions_expire(1)'), '1'); // those that owe do not use up the number
  assert.equal(stack.sqlValue('SELECT sessions_expire(100)'), '1');
  const statuses = stack.sql(`SELECT status FROM sessions WHERE id IN ('${[owing, paid, idle].map((s) => s.session.id).join("','")}') ORDER BY id`).flat();
  assert.deepEqual(statuses, ['active', 'expired', 'expired']);
});

test('an order that is just being placed keeps its session from making way', async () => {
  clear();
  const asha = await openSession(stack, 0);
  const { id } = await ordered(asha.token);
  expectStatus(await call(stack, 'PUT', `/api/orders/${id}`, { token: asha.token, body: { status: 'cancelled' } }), 200);
  runOut(asha.session);
  const placing = await hold(stack, `SELECT FROM sessions WHERE id = '${asha.session.id}' FOR NO KEY UPDATE; UPDATE orders SET status = 'pending', standing = NULL, standing_total = NULL WHERE id = '${id}'`);
  const next = post(stack, `/api/r/${slug}/sessions`, { body: { code: table(0).code, display_name: 'Next' } });
  await until('the next guests wait', () => placing.waiting() > 0);
  await placing.end('COMMIT');
  expectProblem(await next, 409, 'session_active');
});

// ---- Unsettled

test('what owes is listed, running or not', async () => {
  clear();
  stack.sql(`UPDATE orders SET payment_status = 'paid' WHERE payment_status IN ('unpaid', 'partially_paid')`);
  const running = await openSession(stack, 0), left = await openSession(stack, 1), overdue = await openSession(stack, 2);
  const settled = await openSession(stack, 3), dropped = await openSession(stack, 4);
  await openSession(stack, 5); // nothing ordered
  const there = await openSession(stack, 0, { slug: theirs, name: 'Dario' });
  const item = (await readMenu(stack, theirs)).items.find((i) => i.is_available);
  await ordered(there.token, { items: [lineOf(item)] });
  for (const s of [running, running, left, overdue]) await ordered(s.token);
  expectStatus(await pay(settled.session, (await ordered(settled.token)).total_amount), 201);
  const { id } = await ordered(dropped.token);
  expectStatus(await call(stack, 'PUT', `/api/orders/${id}`, { token: dropped.token, body: { status: 'cancelled' } }), 200);
  expectStatus(await pay(running.session, 1), 201);
  expectStatus(await change('close', left.session, { force: true }, tokens.manager), 200);
  runOut(overdue.session);
  assert.deepEqual(await listed('due=true'), [overdue, left, running].map((s) => s.session.id));
  assert.ok((await listed('due=false')).includes(settled.session.id));
  expectProblem(await get(stack, '/api/sessions?due=true&status=closed', { token: tokens.waiter }), 422, 'validation_failed', ['status']);
  expectProblem(await get(stack, '/api/sessions?due=true', { token: tokens.kitchen }), 403, 'insufficient_role');
  expectStatus(await pay(left.session, 3675), 201); // who went back and paid
  assert.deepEqual(await listed('due=true'), [overdue, running].map((s) => s.session.id));
});

/** A session at table n whose guests paid for what was taken off the bill later. */
const withCredit = async (n) => {
  const guest = await openSession(stack, n);
  const { id, total_amount } = await ordered(guest.token);
  const payment = expectStatus(await pay(guest.session, total_amount), 201).json;
  expectStatus(await post(stack, `/api/orders/${id}/adjustments`, { token: tokens.cashier, key: newKey(), body: { kind: 'discount', amount: 400, reason: 'cold' } }), 201);
  const { credit } = await billOf(guest.session);
  assert.ok(credit > 0);
  return { ...guest, id, payment, credit };
};
const billOf = async (session) => expectStatus(await get(stack, `/api/sessions/${session.id}/bill`, { token: tokens.waiter }), 200).json;
const giveBack = async ({ payment, credit }) => expectStatus(await post(stack, `/api/payments/${payment.id}/refunds`, { token: tokens.manager, key: newKey(), body: { amount: credit, reason: 'cold' } }), 201);

test('past its time with money owed back it is active and overdue, until that is given back', async () => {
  clear();
  const asha = await withCredit(0);
  assert.equal((await read(asha.session)).overdue, false);
  runOut(asha.session);
  const seen = await read(asha.session);
  assert.deepEqual([seen.status, seen.overdue, seen.closed_at], ['active', true, null]);
  assert.deepEqual(await listed('status=active'), [asha.session.id]);
  assert.ok(!(await listed('status=expired')).includes(asha.session.id));
  assert.equal((await tableJson(0)).session.overdue, true);
  assert.equal(expectStatus(await get(stack, '/api/sessions/current', { token: asha.token }), 200).json.overdue, true);
  expectProblem(await order(asha.token), 409, 'session_overdue');
  expectProblem(await post(stack, `/api/r/${slug}/sessions`, { body: { code: table(0).code, display_name: 'Next' } }), 409, 'session_active');
  stack.sql('SELECT sessions_expire(100)');
  assert.equal((await read(asha.session)).status, 'active');
  expectProblem(await change('close', asha.session), 409, 'refund_due');
  await giveBack(asha);
  assert.equal((await read(asha.session)).status, 'expired');
  await openSession(stack, 0);
});

test('what is owed back is listed, running or not, until it is given back', async () => {
  clear();
  stack.sql(`UPDATE orders SET payment_status = 'paid' WHERE payment_status IN ('unpaid', 'partially_paid')`);
  assert.deepEqual(await listed('due=true'), []);
  const running = await withCredit(0), left = await withCredit(1), owes = await openSession(stack, 2), overdue = await withCredit(3);
  const eaten = await withCredit(4), merged = await withCredit(5), into = await openSession(stack, 6);
  await ordered(owes.token);
  runOut(overdue.session);
  expectStatus(await change('close', left.session, { force: true }, tokens.manager), 200);
  await ordered(eaten.token, { items: [{ ...anOrder.items[0], quantity: 3 }] }); // which the credit pays in part
  expectStatus(await change('merge', merged.session, { session_id: into.session.id }), 200);
  const all = [into, eaten, overdue, owes, left, running];
  assert.deepEqual(await listed('due=true'), all.map((s) => s.session.id));
  assert.deepEqual([(await billOf(eaten.session)).credit, (await billOf(into.session)).credit], [0, merged.credit]);
  for (const s of [running, left, overdue]) await giveBack(s);
  await giveBack(merged);
  assert.deepEqual(await listed('due=true'), [eaten, owes].map((s) => s.session.id));
  assert.deepEqual(stack.sql('SELECT id FROM sessions WHERE has_credit'), []);
});

test('money that is owed back keeps a session open', async () => {
  clear();
  const asha = await openSession(stack, 0);
  const { id, items, total_amount } = await ordered(asha.token);
  const payment = expectStatus(await pay(asha.session, total_amount), 201).json;
  expectStatus(await post(stack, `/api/orders/${id}/adjustments`, { token: tokens.manager, key: newKey(), body: { kind: 'comp', item_id: items[0].id, reason: 'cold' } }), 201);
  assert.equal(expectStatus(await get(stack, `/api/sessions/${asha.session.id}/bill`, { token: tokens.waiter }), 200).json.credit, total_amount);
  expectProblem(await change('close', asha.session), 409, 'refund_due');
  expectProblem(await change('close', asha.session, { force: true }), 403, 'forbidden_field', ['/force']);
  expectStatus(await post(stack, `/api/payments/${payment.id}/refunds`, { token: tokens.manager, key: newKey(), body: { amount: total_amount, reason: 'cold' } }), 201);
  expectStatus(await change('close', asha.session), 200);

  const bela = await openSession(stack, 1);
  const other = await ordered(bela.token);
  expectStatus(await pay(bela.session, total_amount), 201);
  expectStatus(await post(stack, `/api/orders/${other.id}/adjustments`, { token: tokens.manager, key: newKey(), body: { kind: 'comp', item_id: other.items[0].id, reason: 'cold' } }), 201);
  expectStatus(await change('close', bela.session, { force: true }, tokens.manager), 200);
  const log = expectStatus(await get(stack, `/api/sessions/${bela.session.id}/activity`, { token: tokens.waiter }), 200).json;
  assert.deepEqual(log.data.at(-1).details, { unpaid_orders: 0, credit: total_amount, reason: null });
});

// ---- Opened again

const ACTIVITY = ['session_opened', 'order_placed', 'session_closed', 'session_reopened'];

test('a manager opens a session again, with all that was in it', async () => {
  clear();
  const asha = await openSession(stack, 0);
  const { id, total_amount } = await ordered(asha.token);
  expectStatus(await change('close', asha.session, { force: true }, tokens.manager), 200);
  expectProblem(await order(asha.token), 401, 'session_ended');
  const key = newKey();
  stack.sql(`UPDATE sync_logs SET convex_sync_status = 'synced' WHERE entity_id = '${asha.session.id}'`);
  const opened = expectStatus(await change('reopen', asha.session, undefined, tokens.manager, key), 200).json;
  assert.deepEqual([opened.status, opened.overdue, opened.closed_at, opened.version], ['active', false, null, 3]);
  assert.ok(isWhole(opened));
  assert.deepEqual(expectStatus(await change('reopen', asha.session, undefined, tokens.manager, key), 200).json, opened);
  assert.deepEqual(stack.sql(`SELECT entity_version, convex_sync_status FROM sync_logs WHERE entity_id = '${asha.session.id}'`), [['3', 'pending']]);
  assert.equal(stack.sqlValue(`SELECT closed_by_staff_id FROM sessions WHERE id = '${asha.session.id}'`), '');
  await ordered(asha.token);
  const bill = expectStatus(await get(stack, `/api/sessions/${asha.session.id}/bill`, { token: asha.token }), 200).json;
  assert.equal(bill.due, 2 * total_amount);
  assert.ok(bill.orders.some((o) => o.id === id));
  const log = expectStatus(await get(stack, `/api/sessions/${asha.session.id}/activity`, { token: tokens.waiter }), 200).json;
  assert.deepEqual(log.data.map((a) => a.action), [...ACTIVITY, 'order_placed']);
});

test('an expired one, too, whether that was written down or not', async () => {
  clear();
  for (const write of [false, true]) {
    const asha = await openSession(stack, 0);
    runOut(asha.session);
    if (write) stack.sql('SELECT sessions_expire(100)');
    assert.equal((await read(asha.session)).status, 'expired');
    assert.equal(expectStatus(await change('reopen', asha.session, undefined, tokens.owner), 200).json.status, 'active');
    expectStatus(await get(stack, '/api/sessions/current', { token: asha.token }), 200);
    expectStatus(await change('close', asha.session), 200);
  }
});

test('not one that runs, nor at a table where others sit or that was removed, nor of another day, nor by others', async () => {
  clear();
  const asha = await openSession(stack, 0);
  expectProblem(await change('reopen', asha.session, undefined, tokens.manager), 409, 'session_active');
  expectStatus(await change('close', asha.session), 200);
  for (const role of ['kitchen', 'waiter', 'cashier']) expectProblem(await change('reopen', asha.session, undefined, tokens[role]), 403, 'insufficient_role');
  const next = await openSession(stack, 0);
  expectProblem(await change('reopen', asha.session, undefined, tokens.manager), 409, 'session_active');
  runOut(next.session); // it makes way, as for new guests
  expectProblem(await post(stack, `/api/sessions/${asha.session.id}/reopen`, { token: tokens.manager, headers: { 'If-Match': '"1"' } }), 412, 'version_mismatch');
  expectStatus(await change('reopen', asha.session, undefined, tokens.manager), 200);
  assert.equal((await read(next.session)).status, 'expired');
  expectStatus(await change('close', asha.session), 200);

  stack.sql(`UPDATE sessions SET created_at = created_at - interval '1 day' WHERE id = '${asha.session.id}'`);
  expectProblem(await change('reopen', asha.session, undefined, tokens.manager), 409, 'session_past');

  const made = expectStatus(await post(stack, '/api/tables', { token: tokens.manager, body: { name: 'For a while', seats: 2 } }), 201).json;
  const { session } = expectStatus(await post(stack, `/api/tables/${made.id}/session`, { token: tokens.waiter }), 201).json;
  expectStatus(await change('close', session), 200);
  expectStatus(await call(stack, 'DELETE', `/api/tables/${made.id}`, { token: tokens.manager }), 204);
  expectProblem(await change('reopen', session, undefined, tokens.manager), 409, 'conflict');
});

test('a session that began yesterday and was ordered in today is of today', async () => {
  clear();
  const asha = await openSession(stack, 0);
  stack.sql(`UPDATE sessions SET created_at = created_at - interval '1 day' WHERE id = '${asha.session.id}'`);
  await ordered(asha.token);
  expectStatus(await change('close', asha.session, { force: true }, tokens.manager), 200);
  expectStatus(await change('reopen', asha.session, undefined, tokens.manager), 200);
});

test('opened again while new guests sit down: one of them', async () => {
  for (let round = 0; round < 5; round++) {
    clear();
    const asha = await openSession(stack, 0);
    expectStatus(await change('close', asha.session), 200);
    const answers = await Promise.all([change('reopen', asha.session, undefined, tokens.manager), change('reopen', asha.session, undefined, tokens.owner),
      post(stack, `/api/r/${slug}/sessions`, { body: { code: table(0).code, display_name: 'Next' } })]);
    assert.equal(answers.filter((a) => a.status < 300).length, 1, answers.map((a) => a.text).join('\n'));
    for (const a of answers) if (a.status >= 300) expectProblem(a, 409, 'session_active');
    assert.equal(stack.sqlValue(`SELECT count(*) FROM sessions WHERE table_id = '${table(0).id}' AND status = 'active'`), '1');
  }
});
