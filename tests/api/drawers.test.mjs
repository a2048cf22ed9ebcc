// Drawers: opened with a float, money put in and taken out, cash in the drawer of whoever
// recorded it, counted at the close; what happens at once with a close.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { call, expectProblem, expectStatus, get, lineOf, newKey, openSession, post, readMenu, tokenOf } from './lib/client.mjs';
import { hold, overtaken } from './lib/hold.mjs';
import { Provider } from './lib/provider.mjs';
import { shareStack } from './lib/shared.mjs';
import { until } from './lib/until.mjs';

const theirs = 'caffe-lungarno', CASHIERS = ['cashier', 'manager', 'owner'];
const LISTED = ['business_date', 'cash_paid', 'cash_refunded', 'closed_at', 'closed_by', 'closed_date', 'counted', 'currency', 'difference', 'expected', 'float', 'id',
  'name', 'opened_at', 'paid_in', 'paid_out', 'staff_id', 'staff_name', 'tips'];

let stack, tokens, ids, names, item, foreign;
before(async () => {
  stack = await shareStack();
  stack.sql(`UPDATE restaurants SET session_opening = 'diner'`);
  tokens = {};
  for (const role of ['kitchen', 'waiter', ...CASHIERS]) tokens[role] = await tokenOf(stack, role);
  const staff = stack.sql(`SELECT role, id, display_name FROM staff WHERE restaurant_id = '${stack.restaurant().id}'`);
  ids = Object.fromEntries(staff.map(([role, id]) => [role, id]));
  names = Object.fromEntries(staff.map(([role, , name]) => [role, name]));
  item = (await readMenu(stack)).byName['Tandoori Roti'];
  foreign = await tokenOf(stack, 'owner', theirs);
});
// Each test begins with no open drawer.
beforeEach(async () => {
  for (const { id } of (await list('?open=true&limit=200')).data) await closed(id, 0, 'owner');
});
after(() => stack?.stop());

const open = (body = {}, role = 'cashier', options = {}) => post(stack, '/api/drawers', { token: tokens[role], body: { float: 10000, ...body }, ...options });
const opened = async (...args) => expectStatus(await open(...args), 201).json;
const move = (drawer, body, role = 'cashier', options = {}) =>
  post(stack, `/api/drawers/${drawer.id ?? drawer}/movements`, { token: tokens[role], body: { reason: 'change', ...body }, ...options });
const moved = async (...args) => expectStatus(await move(...args), 201).json;
const close = (drawer, counted, role = 'cashier', options = {}) =>
  post(stack, `/api/drawers/${drawer.id ?? drawer}/close`, { token: tokens[role], body: { counted }, ...options });
const closed = async (...args) => expectStatus(await close(...args), 200).json;
const read = async (drawer, role = 'cashier') => expectStatus(await get(stack, `/api/drawers/${drawer.id ?? drawer}`, { token: tokens[role] }), 200).json;
const list = async (query = '', role = 'cashier') => expectStatus(await get(stack, `/api/drawers${query}`, { token: tokens[role] }), 200).json;
const order = async (quantity = 1) => expectStatus(await post(stack, '/api/orders', { token: tokens.cashier, body: { order_type: 'takeaway', items: [lineOf(item, quantity)] } }), 201).json;
const pay = (body, role = 'cashier', options = {}) => post(stack, '/api/payments', { token: tokens[role], body: { method: 'cash', ...body }, ...options });
const paid = async (...args) => expectStatus(await pay(...args), 201).json;
/** An order that is paid: the payment. */
const sold = async (role = 'cashier', body = {}) => {
  const o = await order();
  return paid({ order_id: o.id, amount: o.total_amount, ...body }, role);
};
const refund = (payment, body, role = 'cashier', options = {}) =>
  post(stack, `/api/payments/${payment.id}/refunds`, { token: tokens[role], body: { reason: 'cold', ...body }, ...options });
const makeVoid = (payment, role = 'cashier') => post(stack, `/api/payments/${payment.id}/void`, { token: tokens[role], body: { reason: 'wrong' } });
const today = () => stack.sqlValue(`SELECT business_date(now(), timezone, business_day_start) FROM restaurants WHERE id = '${stack.restaurant().id}'`);
const stored = (drawer) => stack.sqlValue(`SELECT to_jsonb(d) FROM drawers d WHERE id = '${drawer.id}'`);

// ---- Opening

test('an open drawer, and all that is shown of it', async () => {
  const answer = expectStatus(await open({ float: 20000, name: '  Bar ' }), 201), drawer = answer.json;
  const { id, opened_at, ...rest } = drawer;
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  assert.match(opened_at, /Z$/);
  assert.deepEqual(rest, { name: 'Bar', staff_id: ids.cashier, staff_name: names.cashier, float: 20000, currency: 'INR', business_date: today(), closed_at: null, closed_by: null,
    closed_date: null, cash_paid: 0, cash_refunded: 0, tips: 0, paid_in: 0, paid_out: 0, expected: 20000, counted: null, difference: null, movements: [] });
  assert.equal(answer.headers.get('location'), `/api/drawers/${id}`);
  for (const role of CASHIERS) assert.deepEqual(await read(drawer, role), drawer);
  const { movements, ...listed } = drawer;
  assert.deepEqual(movements, []);
  assert.deepEqual((await list('?open=true')).data, [listed]);
});

test('without a float in it, and without a name', async () => {
  const drawer = await opened({ float: 0 });
  assert.deepEqual([drawer.float, drawer.name, drawer.expected], [0, null, 0]);
  assert.equal((await opened({ float: 2 ** 53 - 1, name: '' }, 'manager')).name, null);
});

test('one at a time for each member of staff', async () => {
  const drawer = await opened();
  expectProblem(await open(), 409, 'drawer_open');
  expectProblem(await open({ name: 'another' }), 409, 'drawer_open');
  const others = [await opened({}, 'manager'), await opened({}, 'owner')];
  assert.deepEqual((await list('?open=true')).data.map((d) => d.staff_id), [ids.owner, ids.manager, ids.cashier]);
  await closed(drawer, 10000);
  assert.notEqual((await opened()).id, drawer.id, 'the next one');
  assert.equal(others.length, 2);
});

test('many at once: one of them is opened', async () => {
  const answers = await Promise.all(Array.from({ length: 12 }, () => open()));
  const good = answers.filter((a) => a.status === 201);
  assert.equal(good.length, 1);
  for (const answer of answers) if (answer !== good[0]) expectProblem(answer, 409, 'drawer_open');
  assert.equal((await list('?open=true')).data.length, 1);
});

test('the same key opens one, moves once, closes once', async () => {
  const repeat = async (ask) => {
    const key = newKey(), first = await ask(key), again = await ask(key);
    assert.equal(again.status, first.status);
    assert.equal(again.text, first.text);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    return first.json;
  };
  const drawer = await repeat((key) => open({}, 'cashier', { key }));
  await repeat((key) => move(drawer, { amount: -100 }, 'cashier', { key }));
  assert.equal((await read(drawer)).movements.length, 1);
  const end = await repeat((key) => close(drawer, 9900, 'cashier', { key }));
  assert.deepEqual([end.expected, end.difference], [9900, 0]);
  const key = newKey();
  expectStatus(await open({}, 'cashier', { key }), 201);
  expectProblem(await open({ float: 1 }, 'cashier', { key }), 422, 'idempotency_key_reused');
});

test('who may', async () => {
  const drawer = await opened();
  const ask = { 'GET /api/drawers': undefined, 'POST /api/drawers': { float: 1 }, [`GET /api/drawers/${drawer.id}`]: undefined,
    [`POST /api/drawers/${drawer.id}/movements`]: { amount: 1, reason: 'x' }, [`POST /api/drawers/${drawer.id}/close`]: { counted: 1 } };
  const before = stored(drawer), guest = (await openSession(stack, 0)).token;
  for (const [name, body] of Object.entries(ask)) {
    const [method, path] = name.split(' ');
    for (const token of [tokens.kitchen, tokens.waiter, guest]) expectProblem(await call(stack, method, path, { token, body }), 403, 'insufficient_role');
    expectProblem(await call(stack, method, path, { body }), 401, 'unauthenticated');
    if (path.includes(drawer.id)) expectProblem(await call(stack, method, path, { token: foreign, body }), 404, 'not_found');
  }
  assert.equal(stored(drawer), before);
  assert.ok(!expectStatus(await get(stack, '/api/drawers', { token: foreign }), 200).json.data.some((d) => d.id === drawer.id));
  stack.sql(`UPDATE sessions SET status = 'closed', closed_at = now() WHERE status = 'active'`);
});

test('every fault is told', async () => {
  const drawer = await opened();
  const faults = async (ask, fields) => {
    for (const [field, values] of fields) for (const value of values) expectProblem(await ask({ [field]: value }), 422, 'validation_failed', [`/${field}`]);
  };
  const amounts = [null, '1', 0.5, true, 2 ** 53];
  await faults((body) => open(body, 'manager'), [['float', [...amounts, -1]], ['name', ['x'.repeat(61), 'a\nb', 7]], ['staff_id', [ids.owner]], ['currency', ['EUR']]]);
  await faults((body) => move(drawer, { amount: 1, ...body }), [['amount', [...amounts, 0, -(2 ** 53)]], ['reason', [null, '', ' ', 'x'.repeat(501), 7]], ['x', [1]]]);
  await faults((body) => post(stack, `/api/drawers/${drawer.id}/close`, { token: tokens.cashier, body: { counted: 1, ...body } }), [['counted', [...amounts, -1]], ['expected', [1]]]);
  for (const path of ['/api/drawers', `/api/drawers/${drawer.id}/movements`, `/api/drawers/${drawer.id}/close`]) {
    expectProblem(await post(stack, path, { token: tokens.manager, body: '[]' }), 422, 'validation_failed');
    expectProblem(await post(stack, path, { token: tokens.manager, body: '' }), 400, 'invalid_json');
  }
  expectProblem(await open({ name: '4111 1111 1111 1111' }, 'manager'), 422, 'card_number_rejected', ['/name']);
  expectProblem(await move(drawer, { amount: 1, reason: 'card 4111111111111111' }), 422, 'card_number_rejected', ['/reason']);
  for (const query of ['open=yes', 'open=', 'limit=0', 'limit=201', 'cursor=x', 'staff_id=1'])
    expectProblem(await get(stack, `/api/drawers?${query}`, { token: tokens.cashier }), 422, 'validation_failed', [query.split('=')[0]]);
  for (const id of [randomUUID(), ids.cashier])
    for (const answer of [await get(stack, `/api/drawers/${id}`, { token: tokens.owner }), await move(id, { amount: 1 }, 'owner'), await close(id, 1, 'owner')])
      expectProblem(answer, 404, 'not_found');
  assert.equal((await read(drawer)).expected, 10000);
  assert.equal((await list('?open=true')).data.length, 1);
});

// ---- Money put in and taken out

test('money put in and taken out, by any cashier', async () => {
  const drawer = await opened(), all = [];
  for (const [role, amount] of [['cashier', 2500], ['manager', -4000], ['owner', -1]]) {
    const movement = await moved(drawer, { amount, reason: `  ${role}\nagain ` }, role);
    const { id, created_at, ...rest } = movement;
    assert.deepEqual(rest, { drawer_id: drawer.id, amount, reason: `${role}\nagain`, staff_id: ids[role], staff_name: names[role], business_date: today() });
    assert.match(id, /-7/);
    assert.match(created_at, /Z$/);
    all.push(movement);
  }
  const now = await read(drawer);
  assert.deepEqual(now.movements, all);
  assert.deepEqual([now.paid_in, now.paid_out, now.expected], [2500, 4001, 8499]);
});

test('more than there is may be taken out: the count will tell', async () => {
  const drawer = await opened({ float: 100 });
  await moved(drawer, { amount: -300 });
  assert.equal((await read(drawer)).expected, -200);
  assert.deepEqual((({ expected, counted, difference }) => [expected, counted, difference])(await closed(drawer, 0)), [-200, 0, 200]);
});

test('as much as can be', async () => {
  const most = 2 ** 53 - 1, drawer = await opened({ float: most });
  await moved(drawer, { amount: -most });
  await moved(drawer, { amount: most });
  const end = await closed(drawer, most);
  assert.deepEqual([end.paid_in, end.paid_out, end.expected, end.difference], [most, most, most, 0]);
});

// ---- Cash in it

test('cash is in the drawer of whoever recorded it', async () => {
  const drawers = { cashier: await opened(), manager: await opened({ float: 500 }, 'manager') };
  const sums = { cashier: 0, manager: 0 };
  for (const role of ['cashier', 'manager', 'cashier']) {
    const payment = await sold(role, { tip_amount: 30 });
    assert.equal(payment.drawer_id, drawers[role].id);
    assert.equal(expectStatus(await get(stack, `/api/payments/${payment.id}`, { token: tokens.waiter }), 200).json.drawer_id, drawers[role].id);
    sums[role] += payment.amount + 30;
  }
  for (const role of ['cashier', 'manager']) {
    const now = await read(drawers[role]);
    assert.deepEqual([now.cash_paid, now.tips, now.expected], [sums[role], role === 'cashier' ? 60 : 30, now.float + sums[role]]);
  }
});

test('of one who has none, in the only open one', async () => {
  const drawer = await opened();
  for (const role of ['waiter', 'manager', 'owner']) assert.equal((await sold(role)).drawer_id, drawer.id);
});

test('several open and none theirs: refused, and nothing is recorded', async () => {
  await opened();
  await opened({}, 'manager');
  const o = await order(), before = stack.sqlValue('SELECT count(*) FROM payments');
  for (const role of ['waiter', 'owner']) {
    const problem = expectProblem(await pay({ order_id: o.id, amount: o.total_amount }, role), 409, 'drawer_required');
    assert.match(problem.detail, /^2 drawers are open/);
    expectProblem(await pay({ purpose: 'deposit', amount: 100 }, role), 409, 'drawer_required');
  }
  assert.equal(stack.sqlValue('SELECT count(*) FROM payments'), before);
  assert.equal((await paid({ order_id: o.id, amount: o.total_amount, method: 'card' }, 'waiter')).drawer_id, null, 'a card needs none');
});

test('none open: recorded without one', async () => {
  const payment = await sold();
  assert.equal(payment.drawer_id, null);
  const drawer = await opened();
  assert.equal((await read(drawer)).cash_paid, 0);
  expectStatus(await makeVoid(payment), 200);
});

test('only cash', async () => {
  const drawer = await opened();
  for (const method of ['card', 'upi', 'online', 'other']) assert.equal((await sold('cashier', { method, tip_amount: 5 })).drawer_id, null);
  assert.deepEqual((({ cash_paid, tips }) => [cash_paid, tips])(await read(drawer)), [0, 0]);
});

test('a tip alone, a deposit, a table\'s bill', async () => {
  const drawer = await opened(), o = await order();
  const tip = await paid({ order_id: o.id, amount: 0, tip_amount: 200 });
  const deposit = await paid({ purpose: 'deposit', amount: 3000, tip_amount: 7 });
  const guest = await openSession(stack, 1);
  const placed = expectStatus(await post(stack, '/api/orders', { token: guest.token, body: { order_type: 'dine_in', items: [lineOf(item)] } }), 201).json;
  const bill = await paid({ session_id: guest.session.id, amount: placed.total_amount });
  for (const payment of [tip, deposit, bill]) assert.equal(payment.drawer_id, drawer.id);
  const now = await read(drawer);
  assert.deepEqual([now.cash_paid, now.tips], [200 + 3007 + bill.amount, 207]);
  const back = expectStatus(await refund(deposit, { amount: 3000, tip_amount: 7 }), 201).json;
  assert.equal(back.refunds[0].drawer_id, drawer.id);
  assert.deepEqual((({ cash_refunded, tips }) => [cash_refunded, tips])(await read(drawer)), [3007, 200]);
  stack.sql(`UPDATE sessions SET status = 'closed', closed_at = now() WHERE status = 'active'`);
});

test('what is given back in cash comes from the drawer of whoever gives it', async () => {
  const mine = await opened(), payment = await sold('cashier', { tip_amount: 50 }), card = await sold('cashier', { method: 'card' });
  const other = await opened({}, 'manager');
  const first = expectStatus(await refund(payment, { amount: 5, tip_amount: 20 }), 201).json;
  const second = expectStatus(await refund(payment, { amount: 7, tip_amount: 30 }, 'manager'), 201).json;
  assert.deepEqual(second.refunds.map((f) => f.drawer_id), [mine.id, other.id]);
  assert.equal(first.drawer_id, mine.id);
  expectProblem(await refund(payment, { amount: 1 }, 'owner'), 409, 'drawer_required');
  assert.equal(expectStatus(await refund(card, { amount: 3 }), 201).json.refunds[0].drawer_id, null, 'a card\'s is no cash');
  const [a, b] = [await read(mine), await read(other)];
  assert.deepEqual([a.cash_refunded, a.tips, a.expected], [25, 30, 10000 + payment.amount + 50 - 25]);
  assert.deepEqual([b.cash_refunded, b.tips, b.expected], [37, -30, 10000 - 37]);
});

test('a dish that is given back in cash', async () => {
  const drawer = await opened(), payment = await sold();
  const o = expectStatus(await get(stack, `/api/orders/${payment.order_id}`, { token: tokens.cashier }), 200).json;
  const back = expectStatus(await refund(payment, { items: [{ item_id: o.items[0].id }] }), 201).json;
  assert.equal(back.refunds[0].drawer_id, drawer.id);
  assert.equal((await read(drawer)).expected, 10000 + payment.amount - back.refunds[0].amount);
});

test('what waits for a provider, and what it took, is no cash', async () => {
  const card = new Provider(stack, 'card-pay');
  expectStatus(await card.setUp(tokens.owner), 200);
  const drawer = await opened(), guest = await openSession(stack, 2);
  const o = expectStatus(await post(stack, '/api/orders', { token: guest.token, body: { order_type: 'dine_in', items: [lineOf(item, 2)] } }), 201).json;
  const intent = expectStatus(await post(stack, '/api/payments/intents', { token: guest.token, body: { order_id: o.id, provider: 'card-pay' } }), 201).json;
  await opened({}, 'manager'); // and two that are open hinder no webhook
  const { payment_id: id } = expectStatus(await card.captured(intent), 200).json;
  const payment = expectStatus(await get(stack, `/api/payments/${id}`, { token: tokens.cashier }), 200).json;
  assert.equal(payment.drawer_id, null);
  const begun = expectStatus(await refund(payment, { amount: 3 }, 'owner'), 201).json;
  assert.deepEqual(begun.refunds.map((f) => [f.status, f.drawer_id]), [['pending', null]]);
  expectStatus(await card.refunded(intent, begun.refunds[0]), 200);
  assert.equal((await read(drawer)).expected, 10000);
  stack.sql(`UPDATE sessions SET status = 'closed', closed_at = now() WHERE status = 'active'`);
});

test('only in the restaurant\'s currency', async () => {
  const drawer = await opened(), deposit = await paid({ purpose: 'deposit', amount: 100 });
  stack.sql(`SET session_replication_role = replica; UPDATE restaurants SET currency = 'EUR' WHERE id = '${stack.restaurant().id}'`);
  try {
    assert.equal((await paid({ purpose: 'deposit', amount: 100 })).drawer_id, null, 'euros are not put among rupees');
    assert.equal(expectStatus(await refund(deposit, { amount: 40 }), 201).json.refunds[0].drawer_id, drawer.id, 'rupees come from where they are');
  } finally {
    stack.sql(`SET session_replication_role = replica; UPDATE restaurants SET currency = 'INR' WHERE id = '${stack.restaurant().id}'`);
  }
  assert.equal((await read(drawer)).expected, 10060);
});

test('a void payment is not in it', async () => {
  const drawer = await opened(), payment = await sold('cashier', { tip_amount: 9 });
  assert.notEqual((await read(drawer)).cash_paid, 0);
  assert.equal(expectStatus(await makeVoid(payment), 200).json.drawer_id, drawer.id);
  assert.deepEqual((({ cash_paid, tips, expected }) => [cash_paid, tips, expected])(await read(drawer)), [0, 0, 10000]);
});

// ---- The count

test('the close: expected against counted, kept as it was', async () => {
  const drawer = await opened({ float: 5000, name: 'Door' }), payment = await sold('cashier', { tip_amount: 40 });
  expectStatus(await refund(payment, { amount: 10 }), 201);
  await moved(drawer, { amount: 700 });
  await moved(drawer, { amount: -200 });
  const expected = 5000 + payment.amount + 40 - 10 + 500, before = await read(drawer);
  assert.equal(before.expected, expected);
  const end = await closed(drawer, expected - 25);
  assert.match(end.closed_at, /Z$/);
  assert.deepEqual(end, { ...before, closed_at: end.closed_at, closed_by: ids.cashier, closed_date: today(), counted: expected - 25, difference: -25 });
  assert.deepEqual(await read(drawer), end);
  const { movements: ignored, ...listed } = end;
  assert.deepEqual((await list('?limit=1')).data, [listed]);
  // Nothing that comes later is in it.
  assert.equal((await sold()).drawer_id, null);
  expectStatus(await refund(payment, { amount: 5 }), 201);
  assert.deepEqual(await read(drawer), end);
});

test('a closed one stays closed', async () => {
  const drawer = await opened(), end = await closed(drawer, 10000);
  for (const role of CASHIERS) {
    expectProblem(await move(drawer, { amount: 5 }, role), 409, 'drawer_closed');
    expectProblem(await move(drawer, { amount: -5 }, role), 409, 'drawer_closed');
  }
  for (const role of CASHIERS) expectProblem(await close(drawer, 1, role), 409, 'drawer_closed');
  assert.deepEqual(await read(drawer), end);
});

test('whoever opened it or a manager closes it, and nobody else', async () => {
  const others = await opened({}, 'manager');
  const problem = expectProblem(await close(others, 10000, 'cashier'), 403, 'insufficient_role');
  assert.match(problem.detail, /whoever opened it, or by a manager/);
  assert.equal((await read(others)).closed_at, null);
  assert.equal((await closed(others, 10000, 'owner')).closed_by, ids.owner);
  for (const role of ['cashier', 'manager']) {
    const drawer = await opened();
    const end = await closed(drawer, 10000, role);
    assert.deepEqual([end.closed_by, end.staff_id], [ids[role], ids.cashier]);
  }
});

test('a payment whose cash was counted is not made void, but given back', async () => {
  const drawer = await opened(), payment = await sold();
  const end = await closed(drawer, 0);
  const problem = expectProblem(await makeVoid(payment), 409, 'drawer_closed');
  assert.match(problem.detail, /give the money back instead/);
  const next = await opened({ float: 900 });
  assert.equal(expectStatus(await refund(payment, { amount: payment.amount, reopens_due: true }), 201).json.refunds[0].drawer_id, next.id);
  assert.deepEqual(await read(drawer), end);
  assert.equal((await read(next)).expected, 900 - payment.amount);
});

test('the newest first, in pages, open or closed', async () => {
  const made = [];
  for (let i = 0; i < 5; i++) {
    made.unshift(await opened({ float: i }));
    if (i < 4) await closed(made[0], i);
  }
  made.unshift(await opened({}, 'manager'));
  const pages = async (query) => {
    const all = [];
    for (let cursor = null, n = 0; ; n++) {
      assert.ok(n < 200, 'the list has no end');
      const page = await list(`?${query}${cursor ? `&cursor=${cursor}` : ''}`);
      for (const row of page.data) assert.deepEqual(Object.keys(row).sort(), LISTED);
      all.push(page.data.map((d) => d.id));
      if ((cursor = page.next_cursor) === null) return all;
    }
  };
  const isOpen = [made[0].id, made[1].id];
  for (const limit of [1, 2, 3, 200]) {
    assert.deepEqual((await pages(`open=true&limit=${limit}`)).flat(), isOpen);
    assert.deepEqual((await pages(`open=false&limit=${limit}`)).flat().slice(0, 4), made.slice(2).map((d) => d.id));
    const all = await pages(`limit=${limit}`);
    assert.deepEqual(all.flat().slice(0, 6), made.map((d) => d.id));
    assert.equal(new Set(all.flat()).size, all.flat().length);
    assert.ok(all.every((p) => p.length > 0));
  }
});

// ---- At once

test('a close waits for the payment that is being written, and counts it', async () => {
  const drawer = await opened(), o = await order(), [payment, tip] = [randomUUID(), 11];
  const held = await hold(stack, `INSERT INTO payments (restaurant_id, id, order_id, amount, tip_amount, currency, method, staff_id, drawer_id, business_date)
    SELECT restaurant_id, '${payment}', id, total_amount, ${tip}, currency, 'cash', '${ids.waiter}', '${drawer.id}', business_date FROM orders WHERE id = '${o.id}'`);
  const answer = close(drawer, 0);
  await until('the close waits', () => held.waiting() > 0);
  await held.end('COMMIT');
  const end = expectStatus(await answer, 200).json;
  assert.equal(end.cash_paid, o.total_amount + tip);
  assert.equal(end.expected, 10000 + o.total_amount + tip);
});

/** A request that comes while the drawer is being closed, up to the close. */
const whileClosing = (drawer, request) => overtaken(stack, `SELECT FROM drawers WHERE id = '${drawer.id}' FOR UPDATE`, request,
  `UPDATE drawers SET closed_at = now(), closed_by = staff_id, closed_date = business_date, cash_paid = x.cash_paid, cash_refunded = x.cash_refunded, tips = x.tips,
     paid_in = x.paid_in, paid_out = x.paid_out, counted = 0, expected = float_amount + x.cash_paid - x.cash_refunded + x.paid_in - x.paid_out
   FROM drawer_sums('${stack.restaurant().id}', '${drawer.id}') x WHERE id = '${drawer.id}'`);
/** What was counted is what is in it. */
const expectCounted = (drawer) => assert.equal(stack.sqlValue(`SELECT (d.cash_paid, d.cash_refunded, d.tips, d.paid_in, d.paid_out) = (x.cash_paid, x.cash_refunded, x.tips, x.paid_in, x.paid_out)
  FROM drawers d, drawer_sums(d.restaurant_id, d.id) x WHERE d.id = '${drawer.id}'`), 't');

test('cash that comes while its drawer is closed goes into another, or none', async () => {
  for (const hasOther of [false, true]) {
    const drawer = await opened(), other = hasOther ? await opened({}, 'manager') : null, o = await order();
    const payment = expectStatus(await whileClosing(drawer, () => pay({ order_id: o.id, amount: o.total_amount })), 201).json;
    assert.equal(payment.drawer_id, other?.id ?? null);
    assert.equal(expectStatus(await get(stack, `/api/orders/${o.id}`, { token: tokens.waiter }), 200).json.payment_status, 'paid');
    assert.equal(stack.sqlValue(`SELECT count(*) FROM payments WHERE order_id = '${o.id}'`), '1');
    expectCounted(drawer);
  }
});

test('money that goes back while the drawer is closed comes from none', async () => {
  const drawer = await opened(), payment = await sold();
  const answer = await whileClosing(drawer, () => refund(payment, { amount: 4 }));
  assert.deepEqual(expectStatus(answer, 201).json.refunds.map((f) => [f.amount, f.drawer_id]), [[4, null]]);
  expectCounted(drawer);
});

test('a void, a movement and a second close that come while it is closed', async () => {
  for (const request of [(d, p) => makeVoid(p), (d) => move(d, { amount: 7 }), (d) => close(d, 1)]) {
    const drawer = await opened(), payment = await sold();
    expectProblem(await whileClosing(drawer, () => request(drawer, payment)), 409, 'drawer_closed');
    assert.equal(stack.sqlValue(`SELECT voided_at IS NULL FROM payments WHERE id = '${payment.id}'`), 't');
    expectCounted(drawer);
  }
});

test('all at once: every close counts just what is in its drawer', async () => {
  const orders = [], drawers = [];
  for (let i = 0; i < 30; i++) orders.push(await order());
  const cashier = async () => {
    for (let i = 0; i < 4; i++) {
      const drawer = await opened({ float: i });
      drawers.push(drawer);
      await moved(drawer, { amount: -1 });
      await closed(drawer, 0);
    }
  };
  const taking = async (mine) => {
    for (const o of mine) {
      const answer = await pay({ order_id: o.id, amount: o.total_amount, tip_amount: 3 });
      const payment = expectStatus(answer, 201).json;
      expectStatus(await refund(payment, { amount: 2, tip_amount: 1 }), 201);
    }
  };
  await Promise.all([cashier(), ...[0, 1, 2].map((n) => taking(orders.slice(n * 10, n * 10 + 10)))]);
  assert.equal(drawers.length, 4);
  for (const drawer of drawers) expectCounted(drawer);
  assert.equal(stack.sqlValue(`SELECT count(*) FROM payments p JOIN orders o ON o.id = p.order_id WHERE o.id IN (${orders.map((o) => `'${o.id}'`).join()})`), '30');
});
