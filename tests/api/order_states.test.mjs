// The states of an order: who may take it from which to which, what goes
// along, many at once, and taking an order out of sight.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { del, expectStatus, get, joinSession, openSession, post, put, readMenu, tokenOf, expectProblem } from './lib/client.mjs';
import { shareStack } from './lib/shared.mjs';

const STATES = ['pending', 'confirmed', 'preparing', 'ready', 'served', 'completed', 'cancelled'];
const WAITERS = ['waiter', 'cashier', 'manager', 'owner'];
const STAFF = ['kitchen', ...WAITERS];
const MANAGERS = ['manager', 'owner'];

// Every step there is: from, to, who may, and whether it takes a reason. Any
// other is invalid_transition.
const STEPS = [
  ['pending', 'confirmed', WAITERS],
  ...['preparing', 'ready', 'served'].flatMap((to) => // staff may step over some
    STATES.slice(0, STATES.indexOf(to)).map((from) => [from, to, STAFF])),
  ...STATES.slice(0, 5).map((from) => [from, 'completed', WAITERS]),
  ['pending', 'cancelled', ['diner', ...WAITERS]],
  ['confirmed', 'cancelled', WAITERS],
  ['preparing', 'cancelled', MANAGERS, 'reason'],
];
// Steps back: to where the order came from, which was confirmed here.
const BACK = [['ready', 'preparing'], ['preparing', 'confirmed']];
const among = (steps, from, to) => steps.find((s) => s[0] === from && s[1] === to);
const backOf = (from, to) => among(BACK, from, to) && [from, to, STAFF];
const stepOf = (from, to) => among(STEPS, from, to) ?? backOf(from, to);

let stack;
let tokens; // by role, the diner's among them
let asha; // the diner; bela is at the same table, chitra at another
let bela;
let chitra;
let items; // two that need no choices

before(async () => {
  stack = await shareStack();
  tokens = {};
  for (const role of STAFF) tokens[role] = await tokenOf(stack, role);
  asha = await openSession(stack, 0);
  bela = await joinSession(stack, asha.code, asha.pin);
  chitra = await openSession(stack, 1, { name: 'Chitra' });
  tokens.diner = asha.token;
  const { byName } = await readMenu(stack);
  items = [byName['Tandoori Roti'], byName['Cola, 300 ml']];
});
after(() => stack?.stop());

const move = (token, order, body, headers = {}) => put(stack, `/api/orders/${order.id ?? order}`, { token, body, headers });
const moved = async (...args) => expectStatus(await move(...args), 200).json;
const read = async (order, token = tokens.manager) => expectStatus(await get(stack, `/api/orders/${order.id}`, { token }), 200).json;
const history = async (order, token = tokens.manager) =>
  expectStatus(await get(stack, `/api/orders/${order.id}/history`, { token }), 200).json.data;

/** A new order in a state, reached by the manager's steps; placed by Asha by default, by staff with null. */
async function orderIn(state, token = asha.token) {
  const body = { order_type: token === null ? 'takeaway' : 'dine_in', items: items.map((i) => ({ menu_item_id: i.id, quantity: 1 })) };
  let order = expectStatus(await post(stack, '/api/orders', { token: token ?? tokens.waiter, body }), 201).json;
  const way = state === 'cancelled' ? ['cancelled'] : STATES.slice(1, STATES.indexOf(state) + 1);
  for (const status of way) order = await moved(tokens.manager, order, { status });
  assert.equal(order.status, state);
  return order;
}

// ---- The matrix

for (const role of ['diner', ...STAFF]) {
  for (const from of STATES) {
    test(`a ${role} and an order that is ${from}`, async () => {
      let order = await orderIn(from);
      for (const to of STATES) {
        const step = stepOf(from, to);
        const answer = await move(tokens[role], order, { status: to, ...(to === 'cancelled' ? { reason: 'the guest left' } : {}) });
        const what = `${role}: ${from} -> ${to}: ${answer.text}`;
        if (step && step[2].includes(role)) {
          assert.equal(answer.status, 200, what);
          assert.equal(answer.json.status, to, what);
          assert.equal(answer.json.version, order.version + 1, what);
          assert.equal(answer.headers.get('etag'), `"${order.version + 1}"`);
          assert.deepEqual(await read(order), answer.json);
          order = await orderIn(from);
          continue;
        }
        const unconfirmed = from === 'preparing' && to === 'pending' && role !== 'diner'; // which a confirmed order does not become
        const forbidden = !unconfirmed && (step || (from === 'preparing' && to === 'pending'));
        const problem = expectProblem(answer, forbidden ? 403 : 409, forbidden ? 'insufficient_role' : 'invalid_transition');
        if (!forbidden && !unconfirmed) { // what is allowed to this role is named
          const named = STATES.filter((s) => problem.detail.split('you may choose')[1]?.includes(s));
          assert.deepEqual(named, STATES.filter((s) => among(STEPS, from, s)?.[2].includes(role)), what);
        }
      }
      const left = await read(order);
      assert.equal(left.status, from);
      assert.equal(left.version, order.version);
      assert.equal((await history(order)).at(-1).to, from);
    });
  }
}

test('the kitchen takes a confirmed order to served', async () => {
  const order = await orderIn('confirmed');
  for (const status of ['preparing', 'ready', 'served']) assert.equal((await moved(tokens.kitchen, order, { status })).status, status);
  const problem = expectProblem(await move(tokens.kitchen, order, { status: 'completed' }), 403, 'insufficient_role');
  assert.match(problem.detail, /^The role kitchen may not move an order from served to completed$/);
});

test('a beer is served at once, and its lines go along', async () => {
  for (const [role, to] of [['waiter', 'served'], ['kitchen', 'served'], ['waiter', 'completed'], ['kitchen', 'ready']]) {
    const order = await moved(tokens[role], await orderIn('pending'), { status: to });
    assert.equal(order.status, to);
    assert.deepEqual([...new Set(order.items.map((i) => i.status))], [to === 'ready' ? 'ready' : 'served']);
    assert.deepEqual((await history(order)).map((h) => [h.from, h.to]), [[null, 'pending'], ['pending', to]]);
  }
});

// ---- A wrong step back

/** As if what happened to the order until now had happened that long before. */
const age = (order, interval) => stack.sql(`SET session_replication_role = replica;
  UPDATE order_status_history SET created_at = created_at - interval '${interval}' WHERE order_id = '${order.id}'`);

test('an order goes back one step at a time, its lines with it', async () => {
  const order = await moved(tokens.kitchen, await orderIn('pending'), { status: 'ready' });
  const lines = async () => [...new Set((await read(order)).items.map((i) => i.status))];
  expectProblem(await move(tokens.kitchen, order, { status: 'pending' }), 409, 'invalid_transition');
  assert.equal((await moved(tokens.kitchen, order, { status: 'preparing', reason: 'the wrong one' })).status, 'preparing');
  assert.deepEqual(await lines(), ['preparing']);
  expectProblem(await move(tokens.waiter, order, { status: 'confirmed' }), 409, 'invalid_transition'); // which it never was
  assert.equal((await moved(tokens.waiter, order, { status: 'pending' })).status, 'pending');
  assert.deepEqual(await lines(), ['pending']);
  assert.deepEqual((await history(order)).map((h) => [h.from, h.to, h.actor_role, h.reason, h.item_id]), [
    [null, 'pending', 'diner', null, null], ['pending', 'ready', 'kitchen', null, null],
    ['ready', 'preparing', 'kitchen', 'the wrong one', null], ['preparing', 'pending', 'waiter', null, null],
  ]);
  assert.equal((await moved(tokens.kitchen, order, { status: 'preparing' })).status, 'preparing');
});

test('a step is taken back within ten minutes of it, not of a later one', async () => {
  const order = await moved(tokens.kitchen, await orderIn('pending'), { status: 'preparing' });
  age(order, '9 minutes 50 seconds');
  await moved(tokens.kitchen, order, { status: 'ready' });
  age(order, '15 seconds');
  await moved(tokens.kitchen, order, { status: 'preparing' }); // ready was a moment ago
  assert.match(expectProblem(await move(tokens.manager, order, { status: 'pending' }), 409, 'invalid_transition').detail, /ten minutes/);
  await moved(tokens.kitchen, order, { status: 'ready' });
  age(order, '10 minutes 5 seconds');
  expectProblem(await move(tokens.kitchen, order, { status: 'preparing' }), 409, 'invalid_transition');
  assert.equal((await read(order)).status, 'ready');
});

test('an order does not go back behind a line that is made', async () => {
  let order = await moved(tokens.kitchen, await orderIn('pending'), { status: 'preparing' });
  const line = (status) => put(stack, `/api/orders/${order.id}/items/${order.items[0].id}`, { token: tokens.kitchen, body: { status } });
  order = expectStatus(await line('ready'), 200).json;
  assert.match(expectProblem(await move(tokens.kitchen, order, { status: 'pending' }), 409, 'invalid_transition').detail, /^A line of the order is made/);
  assert.deepEqual(await read(order), order);
  expectStatus(await line('served'), 200);
  await moved(tokens.kitchen, order, { status: 'ready' });
  order = await moved(tokens.kitchen, order, { status: 'preparing' });
  assert.deepEqual(order.items.map((i) => i.status), ['served', 'preparing']);
});

test('a change made offline takes no step back', async () => {
  const order = await moved(tokens.kitchen, await orderIn('pending'), { status: 'ready' });
  const changes = [{ change_id: randomUUID(), type: 'order.status', payload: { order_id: order.id, status: 'preparing' } }];
  const { results } = expectStatus(await post(stack, '/api/sync', { token: tokens.kitchen, body: { client_id: randomUUID(), changes } }), 200).json;
  assert.notEqual(results[0].status, 'applied', JSON.stringify(results));
  assert.equal((await read(order)).status, 'ready');
});

test('without a token no order moves', async () => {
  const order = await orderIn('pending');
  expectProblem(await move(undefined, order, { status: 'confirmed' }), 401, 'unauthenticated');
  expectProblem(await move('x.y.z', order, { status: 'confirmed' }), 401, 'unauthenticated');
});

// ---- Reasons

test('a reason is needed to cancel what is being prepared', async () => {
  const order = await orderIn('preparing');
  for (const role of MANAGERS) {
    for (const reason of [undefined, null, '', '   ']) {
      expectProblem(await move(tokens[role], order, { status: 'cancelled', reason }), 422, 'validation_failed', ['/reason']);
    }
  }
  for (const role of ['diner', 'kitchen', 'waiter', 'cashier']) {
    expectProblem(await move(tokens[role], order, { status: 'cancelled' }), 403, 'insufficient_role');
  }
  assert.equal((await read(order)).status, 'preparing');
  assert.equal((await moved(tokens.manager, order, { status: 'cancelled', reason: ' burnt ' })).status, 'cancelled');
  const last = (await history(order)).at(-1);
  assert.equal(last.reason, 'burnt');
  assert.equal(last.from, 'preparing');
});

test('no reason is needed before, and one may be given with any step', async () => {
  await moved(asha.token, await orderIn('pending'), { status: 'cancelled' });
  await moved(tokens.waiter, await orderIn('confirmed'), { status: 'cancelled' });
  const order = await orderIn('pending');
  await moved(tokens.waiter, order, { status: 'confirmed', reason: 'ü'.repeat(500) });
  assert.equal((await history(order)).at(-1).reason, 'ü'.repeat(500));
  expectProblem(await move(tokens.waiter, order, { status: 'preparing', reason: 'x'.repeat(501) }), 422, 'validation_failed', ['/reason']);
  expectProblem(await move(tokens.waiter, order, { status: 'preparing', reason: 7 }), 422, 'validation_failed', ['/reason']);
});

test('a reason holds no card number', async () => {
  const order = await orderIn('pending');
  expectProblem(await move(tokens.waiter, order, { status: 'cancelled', reason: 'paid with 4111 1111 1111 1111' }), 422, 'card_number_rejected', ['/reason']);
  assert.equal((await read(order)).status, 'pending');
});

// ---- The body

test('nothing but the status of an order changes', async () => {
  const order = await orderIn('pending');
  const fields = { id: order.id, order_number: 1, items: [], table_id: order.table_id, session_id: chitra.session.id, order_type: 'takeaway',
    subtotal: 1, tax_amount: 0, taxes: [], total_amount: 1, tip_amount: 5, discount_amount: 5, deposit_used: 5, payment_method: 'cash',
    payment_status: 'paid', customer_name: 'x', customer_phone: '1', notes: 'x', special_instructions: 'x', version: 1, currency: 'EUR',
    created_at: order.created_at, deleted_at: null, nonsense: 1, Status: 'ready' };
  for (const [field, value] of Object.entries(fields)) {
    for (const role of ['diner', 'waiter', 'owner']) {
      expectProblem(await move(tokens[role], order, { status: 'confirmed', [field]: value }), 422, 'order_immutable', [`/${field}`]);
      expectProblem(await move(tokens[role], order, { [field]: value }), 422, 'order_immutable');
    }
  }
  expectProblem(await move(tokens.owner, order, { status: 'confirmed', notes: 'x', tip_amount: 1 }), 422, 'order_immutable', ['/notes', '/tip_amount']);
  assert.deepEqual(await read(order), order);
});

test('the status is one of the list', async () => {
  const order = await orderIn('pending');
  for (const body of [{}, { status: null }, { reason: 'x' }, { status: '' }, { status: 'done' }, { status: 'Confirmed' }, { status: 1 },
    { status: ['confirmed'] }, { status: 'deleted' }]) {
    expectProblem(await move(tokens.owner, order, body), 422, 'validation_failed', ['/status']);
  }
  for (const body of [[], 'confirmed', 7]) {
    expectProblem(await move(tokens.owner, order, JSON.stringify(body)), 422, 'validation_failed', ['']);
  }
  assert.deepEqual(await read(order), order);
});

// ---- Whose order

test('a diner cancels its own pending order only', async () => {
  const own = await orderIn('pending');
  assert.equal((await moved(asha.token, own, { status: 'cancelled' })).status, 'cancelled');
  const confirmed = await orderIn('confirmed');
  assert.equal((await move(asha.token, confirmed, { status: 'cancelled' })).status, 403);
  // Of another diner at the same table, and of staff for the table.
  const belas = await orderIn('pending', bela.token);
  expectProblem(await move(asha.token, belas, { status: 'cancelled' }), 403, 'not_your_order');
  expectProblem(await move(asha.token, belas, { status: 'ready' }), 403, 'not_your_order');
  const staffs = expectStatus(await post(stack, '/api/orders', { token: tokens.waiter,
    body: { order_type: 'dine_in', session_id: asha.session.id, items: [{ menu_item_id: items[0].id, quantity: 1 }] } }), 201).json;
  expectProblem(await move(asha.token, staffs, { status: 'cancelled' }), 403, 'not_your_order');
  // Of another session, of nobody's session, of the other restaurant, of nowhere: all alike.
  const chitras = await orderIn('pending', chitra.token);
  const takeaway = await orderIn('pending', null);
  const answers = [];
  for (const id of [chitras.id, takeaway.id, randomUUID()]) {
    const { request_id: ignored, ...problem } = expectProblem(await move(asha.token, id, { status: 'cancelled' }), 404, 'not_found');
    answers.push(problem);
  }
  for (const answer of answers) assert.deepEqual(answer, answers[0]);
  for (const order of [belas, staffs, chitras, takeaway]) assert.equal((await read(order)).status, 'pending');
});

test('an order of the other restaurant does not exist', async () => {
  const manager = await tokenOf(stack, 'manager', 'caffe-lungarno');
  const order = await orderIn('pending');
  expectProblem(await move(manager, order, { status: 'confirmed' }), 404, 'not_found');
  for (const path of ['', '/history', '?include_deleted=true']) {
    expectProblem(await get(stack, `/api/orders/${order.id}${path}`, { token: manager }), 404, 'not_found');
  }
  expectProblem(await del(stack, `/api/orders/${order.id}`, { token: manager, body: { reason: 'entered twice' } }), 404, 'not_found');
  assert.deepEqual(await read(order), order);
});

// ---- Versions

test('If-Match that holds lets the step through', async () => {
  for (const match of ['"1"', '*', '"7", "1"', '"1","2"', 'W/"2", "1"']) {
    assert.equal((await move(tokens.waiter, await orderIn('pending'), { status: 'confirmed' }, { 'If-Match': match })).status, 200, match);
  }
});

test('If-Match that does not match, or is malformed, stops it', async () => {
  const order = await orderIn('pending');
  for (const match of ['"2"', '"0"', '"11"', '""', 'W/"1"', '1', "'1'", '"1', '1"', 'garbage', '"1"x', '"2", W/"1"', '-1', '"a, "1""', '"\u00e9"']) {
    expectProblem(await move(tokens.waiter, order, { status: 'confirmed' }, { 'If-Match': match }), 412, 'version_mismatch');
    const unchanged = await read(order);
    assert.equal(unchanged.status, 'pending', `If-Match: ${match}`);
  }
  assert.equal((await move(tokens.waiter, order, { status: 'confirmed' }, { 'If-Match': '"1"' })).status, 200);
  expectProblem(await move(tokens.waiter, order, { status: 'preparing' }, { 'If-Match': '"1"' }), 412, 'version_mismatch');
  assert.equal((await move(tokens.waiter, order, { status: 'preparing' }, { 'If-Match': '"2"' })).status, 200);
});

test('a comma in a tag parts no tags (RFC 9110, 8.8.3)', async () => {
  const order = await orderIn('pending');
  for (const match of ['"a,*"', '"a, *"', '"x,y"']) {
    expectProblem(await move(tokens.waiter, order, { status: 'confirmed' }, { 'If-Match': match }), 412, 'version_mismatch');
  }
});

// ---- Many at once

for (const headers of [{}, { 'If-Match': '"1"' }]) {
  test(`twenty at once: one makes the step${headers['If-Match'] ? ', with If-Match' : ''}`, async () => {
    const order = await orderIn('pending');
    const callers = [tokens.waiter, tokens.cashier, tokens.manager, tokens.owner];
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => move(callers[i % 4], order, { status: 'confirmed' }, headers)));
    assert.equal(answers.filter((a) => a.status === 200).length, 1);
    for (const answer of answers.filter((a) => a.status !== 200)) {
      assert.ok(answer.json.code === 'invalid_transition' || answer.json.code === 'version_mismatch', answer.text);
      assert.ok([409, 412].includes(answer.status));
    }
    assert.equal((await read(order)).version, 2);
    assert.deepEqual((await history(order)).map((h) => h.to), ['pending', 'confirmed']);
  });
}

test('the guest cancels while the waiter confirms: one of them wins', async () => {
  for (let i = 0; i < 10; i++) {
    const order = await orderIn('pending');
    const [cancel, confirm] = await Promise.all([move(asha.token, order, { status: 'cancelled' }), move(tokens.waiter, order, { status: 'confirmed' })]);
    assert.deepEqual([cancel.status === 200, confirm.status === 200].sort(), [false, true], `${cancel.text} ${confirm.text}`);
    assert.equal((await read(order)).status, cancel.status === 200 ? 'cancelled' : 'confirmed');
    assert.equal((await history(order)).length, 2);
  }
});

// ---- What goes along

test('the lines follow their order', async () => {
  const order = await orderIn('pending');
  const lines = async () => [...new Set((await read(order)).items.map((i) => i.status))];
  assert.deepEqual(await lines(), ['pending']);
  for (const [status, line] of [['confirmed', 'pending'], ['preparing', 'preparing'], ['ready', 'ready'], ['served', 'served'], ['completed', 'served']]) {
    const answer = await moved(tokens.manager, order, { status });
    assert.deepEqual([...new Set(answer.items.map((i) => i.status))], [line], status);
    assert.deepEqual(await lines(), [line], status);
  }
  for (const from of ['pending', 'confirmed', 'preparing']) {
    const cancelled = await moved(tokens.manager, await orderIn(from), { status: 'cancelled', reason: 'x' });
    assert.deepEqual([...new Set(cancelled.items.map((i) => i.status))], ['cancelled'], from);
  }
});

test('a step changes status, version and time, and nothing else', async () => {
  const order = await orderIn('pending');
  const after = await moved(tokens.waiter, order, { status: 'confirmed' });
  assert.deepEqual({ ...after, status: 'pending', version: 1, updated_at: order.updated_at }, order);
  assert.ok(after.updated_at > order.updated_at);
});

test('the history says who, from where, to where, when and why', async () => {
  const order = await orderIn('pending', bela.token);
  const ids = Object.fromEntries(stack.sql(`SELECT s.role, s.id FROM staff s JOIN restaurants r ON r.id = s.restaurant_id WHERE r.slug = '${stack.slug}'`));
  await moved(tokens.cashier, order, { status: 'confirmed', reason: 'they are in a hurry' });
  await moved(tokens.kitchen, order, { status: 'preparing' });
  expectProblem(await move(tokens.kitchen, order, { status: 'preparing' }), 409, 'invalid_transition'); // leaves no trace
  await moved(tokens.owner, order, { status: 'cancelled', reason: 'burnt' });
  const rows = await history(order, bela.token);
  assert.deepEqual(rows.map((h) => [h.from, h.to, h.actor_role, h.actor_id, h.reason]), [
    [null, 'pending', 'diner', bela.diner.id, null],
    ['pending', 'confirmed', 'cashier', ids.cashier, 'they are in a hurry'],
    ['confirmed', 'preparing', 'kitchen', ids.kitchen, null],
    ['preparing', 'cancelled', 'owner', ids.owner, 'burnt'],
  ]);
  assert.equal(rows[0].actor_name, 'Bela');
  for (const [i, row] of rows.entries()) {
    assert.match(row.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.ok(i === 0 || row.created_at >= rows[i - 1].created_at);
  }
  for (const token of [asha.token, tokens.kitchen, tokens.waiter]) assert.deepEqual(await history(order, token), rows);
  expectProblem(await get(stack, `/api/orders/${order.id}/history`, { token: chitra.token }), 404, 'not_found');
  expectProblem(await get(stack, `/api/orders/${randomUUID()}/history`, { token: tokens.owner }), 404, 'not_found');
});

test('a cancelled order stands in its session\'s activity', async () => {
  const order = await orderIn('pending', chitra.token);
  const count = () => Number(stack.sqlValue(`SELECT count(*) FROM session_activity_log WHERE session_id = '${chitra.session.id}' AND action = 'order_cancelled'`));
  const before = count();
  await moved(chitra.token, order, { status: 'cancelled' });
  assert.equal(count(), before + 1);
});

// ---- Out of sight

test('only managers may delete an order', async () => {
  const order = await orderIn('pending');
  for (const role of ['diner', 'kitchen', 'waiter', 'cashier']) {
    expectProblem(await del(stack, `/api/orders/${order.id}`, { token: tokens[role], body: { reason: 'entered twice' } }), 403, 'insufficient_role');
  }
  expectProblem(await del(stack, `/api/orders/${order.id}`), 401, 'unauthenticated');
  assert.deepEqual(await read(order), order);
});

for (const role of MANAGERS) {
  test(`what a ${role} deletes is out of sight and kept`, async () => {
    const order = await orderIn('served');
    const steps = (await history(order)).length;
    const answer = await del(stack, `/api/orders/${order.id}`, { token: tokens[role], body: { reason: 'entered twice' } });
    assert.equal(answer.status, 204);
    assert.equal(answer.text, '');
    const inList = async (query, token = tokens[role]) =>
      expectStatus(await get(stack, `/api/orders?limit=200${query}`, { token }), 200).json.data.find((o) => o.id === order.id);
    // Gone for everybody.
    for (const token of [...Object.values(tokens), bela.token]) {
      expectProblem(await get(stack, `/api/orders/${order.id}`, { token }), 404, 'not_found');
      const steps_ = await get(stack, `/api/orders/${order.id}/history`, { token });
      if (MANAGERS.some((r) => tokens[r] === token)) assert.deepEqual(expectStatus(steps_, 200).json.data.at(-1).reason, 'entered twice');
      else expectProblem(steps_, 404, 'not_found');
      assert.equal(await inList('', token), undefined);
    }
    expectProblem(await move(tokens.owner, order, { status: 'completed' }), 404, 'not_found');
    expectProblem(await del(stack, `/api/orders/${order.id}`, { token: tokens[role], body: { reason: 'entered twice' } }), 404, 'not_found');
    assert.ok(!expectStatus(await get(stack, '/api/sessions/current', { token: asha.token }), 200).json.orders.some((o) => o.id === order.id));
    // Managers find it if they ask.
    const found = expectStatus(await get(stack, `/api/orders/${order.id}?include_deleted=true`, { token: tokens[role] }), 200).json;
    assert.equal(found.status, 'served');
    assert.equal(found.total_amount, order.total_amount);
    assert.deepEqual(await inList('&include_deleted=true'), found);
    assert.deepEqual(await inList(`&include_deleted=true&session_id=${asha.session.id}`), found);
    assert.equal(await inList('&include_deleted=false'), undefined);
    expectProblem(await get(stack, `/api/orders/${order.id}?include_deleted=false`, { token: tokens[role] }), 404, 'not_found');
    for (const other of ['diner', 'kitchen', 'waiter', 'cashier']) {
      for (const path of [`/api/orders/${order.id}`, '/api/orders']) {
        expectProblem(await get(stack, `${path}?include_deleted=true`, { token: tokens[other] }), 403, 'forbidden_field', ['include_deleted']);
      }
    }
    // Kept, with its lines and all its steps.
    assert.deepEqual(stack.sql(`SELECT status, deleted_at IS NOT NULL, (SELECT count(*) FROM order_items i WHERE i.order_id = o.id)
      FROM orders o WHERE id = '${order.id}'`), [['served', 't', '2']]);
    assert.equal(stack.sqlValue(`SELECT count(*) FROM order_status_history WHERE order_id = '${order.id}'`), String(steps + 1));
    assert.deepEqual(stack.sql(`SELECT from_status, actor_role FROM order_status_history WHERE order_id = '${order.id}' ORDER BY id DESC LIMIT 1`),
      [['served', role]]);
  });
}

test('an order goes out of sight in any state', async () => {
  for (const state of STATES) {
    const order = await orderIn(state);
    expectStatus(await del(stack, `/api/orders/${order.id}`, { token: tokens.manager, body: { reason: 'entered twice' } }), 204);
  }
});

test('an order that money was taken for stays', async () => {
  for (const paid of ['partially_paid', 'paid']) {
    const order = await orderIn('completed');
    const body = { order_id: order.id, amount: paid === 'paid' ? order.total_amount : 1, method: 'cash' };
    expectStatus(await post(stack, '/api/payments', { token: tokens.cashier, body }), 201);
    for (const role of MANAGERS) expectProblem(await del(stack, `/api/orders/${order.id}`, { token: tokens[role], body: { reason: 'entered twice' } }), 409, 'order_paid');
    assert.equal((await read(order)).payment_status, paid);
    assert.equal(stack.sqlValue(`SELECT count(*) FROM order_status_history WHERE order_id = '${order.id}' AND to_status = 'deleted'`), '0');
  }
});

test('deleting heeds If-Match', async () => {
  const order = await orderIn('pending');
  const remove = (match) => del(stack, `/api/orders/${order.id}`, { token: tokens.manager, body: { reason: 'entered twice' }, headers: { 'If-Match': match } });
  for (const match of ['"2"', 'W/"1"', 'x']) expectProblem(await remove(match), 412, 'version_mismatch');
  assert.deepEqual(await read(order), order);
  assert.equal((await remove('"1"')).status, 204);
});

test('two deletions at once: one succeeds', async () => {
  const order = await orderIn('pending');
  const answers = await Promise.all(Array.from({ length: 10 }, () => del(stack, `/api/orders/${order.id}`, { token: tokens.manager, body: { reason: 'entered twice' } })));
  assert.deepEqual(answers.map((a) => a.status).sort(), [204, ...Array.from({ length: 9 }, () => 404)]);
  assert.equal(stack.sqlValue(`SELECT count(*) FROM order_status_history WHERE order_id = '${order.id}'`), '2');
});

test('what is not there cannot be deleted', async () => {
  expectProblem(await del(stack, `/api/orders/${randomUUID()}`, { token: tokens.manager, body: { reason: 'entered twice' } }), 404, 'not_found');
  expectProblem(await del(stack, '/api/orders/1', { token: tokens.manager }), 404, 'not_found');
});
