// The kitchen's screen and the lines of orders: who may take a line from where
// to where, what the order does along with it, many cooks at once.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { del, expectStatus, get, leastChoices, lineOf, openSession, post, put, readMenu, tokenOf } from './lib/client.mjs';
import { shareStack } from './lib/shared.mjs';

const theirs = 'caffe-lungarno';
const WAITERS = ['waiter', 'cashier', 'manager', 'owner'];
const STAFF = ['kitchen', ...WAITERS];
const LINE_STATES = ['pending', 'preparing', 'ready', 'served', 'cancelled'];
const TO = ['pending', 'preparing', 'ready', 'served'];

// Every step of a line that there is, for all staff. Any other is
// invalid_transition.
const STEPS = [
  ['pending', 'preparing'],
  ['pending', 'ready'], // staff may step over some
  ['pending', 'served'],
  ['preparing', 'ready'],
  ['preparing', 'served'],
  ['ready', 'served'],
  ['preparing', 'pending'], // and take the last step back
  ['ready', 'preparing'],
].map(([from, to]) => [from, to, STAFF]);
const stepOf = (from, to) => STEPS.find((s) => s[0] === from && s[1] === to);

let stack;
let tokens; // of staff, by role
let ids; // of staff, by role
let asha; // the diner
let byName;
let byStation; // an item of each station
let there; // the other restaurant: {tokens, order}

before(async () => {
  stack = await shareStack();
  stack.sql(`UPDATE restaurants SET session_opening = 'diner'`);
  tokens = {};
  for (const role of STAFF) tokens[role] = await tokenOf(stack, role);
  ids = Object.fromEntries(stack.sql(`SELECT role, id FROM staff WHERE restaurant_id = '${stack.restaurant().id}'`));
  asha = await openSession(stack, 0);
  const menu = await readMenu(stack);
  ({ byName } = menu);
  const stations = Object.fromEntries(stack.sql(`SELECT id, station FROM menu_items WHERE station IS NOT NULL`));
  byStation = {};
  for (const item of menu.items) if (item.is_available) byStation[stations[item.id]] ??= item;
  there = { tokens: {} };
  for (const role of ['kitchen', 'owner']) there.tokens[role] = await tokenOf(stack, role, theirs);
  const dario = await openSession(stack, 0, { slug: theirs, name: 'Dario' });
  const item = (await readMenu(stack, theirs)).items.find((i) => i.is_available);
  there.order = expectStatus(await post(stack, '/api/orders', { token: dario.token, body: { order_type: 'dine_in', items: [lineOf(item)] } }), 201).json;
});
after(() => stack?.stop());

/** An order of n lines (of the same item by default), placed by Asha. */
async function orderOf(n, { token = asha.token, items, more = {} } = {}) {
  const lines = items ?? Array.from({ length: n }, () => byName['Tandoori Roti']);
  const body = { order_type: 'dine_in', items: lines.map((i) => lineOf(i)), ...more };
  return expectStatus(await post(stack, '/api/orders', { token, body }), 201).json;
}
const step = (token, order, line, status, headers = {}) =>
  put(stack, `/api/orders/${order.id}/items/${line.id ?? line}`, { token, body: typeof status === 'string' ? { status } : status, headers });
const stepped = async (...args) => expectStatus(await step(...args), 200).json;
const move = async (order, status, token = tokens.manager) =>
  expectStatus(await put(stack, `/api/orders/${order.id}`, { token, body: { status, ...(status === 'cancelled' ? { reason: 'x' } : {}) } }), 200).json;
const read = async (order) => expectStatus(await get(stack, `/api/orders/${order.id}`, { token: tokens.manager }), 200).json;
const history = async (order) => expectStatus(await get(stack, `/api/orders/${order.id}/history`, { token: tokens.manager }), 200).json.data;
const states = (order) => order.items.map((i) => i.status);
const screen = async (query = '', token = tokens.kitchen) => expectStatus(await get(stack, `/api/kitchen${query}`, { token }), 200).json;
/** The lines of the orders on the screen, in its order. */
const shown = async (orders, query = '') => (await screen(query)).data.filter((l) => orders.some((o) => o.id === l.order_id));
/** Clears what earlier tests left on the screen. */
const clearScreen = () => stack.sql(`UPDATE orders SET status = 'completed' WHERE status IN ('pending', 'confirmed', 'preparing') AND id <> '${there.order.id}'`);

function expectProblem(answer, status, code, fields) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.code, code, answer.text);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  if (fields) assert.deepEqual(answer.json.errors.map((e) => e.field).sort(), [...fields].sort(), answer.text);
  return answer.json;
}

/** An order of two lines, the first of them in a state; the second is pending (but cancelled with its order). */
async function lineIn(state) {
  let order = await orderOf(2);
  if (state === 'cancelled') order = await move(order, 'cancelled');
  else for (const status of LINE_STATES.slice(1, LINE_STATES.indexOf(state) + 1)) order = await stepped(tokens.owner, order, order.items[0], status);
  assert.equal(order.items[0].status, state);
  return order;
}

// ---- The matrix

for (const role of ['diner', ...STAFF]) {
  for (const from of LINE_STATES) {
    test(`a ${role} and a line that is ${from}`, async () => {
      const token = role === 'diner' ? asha.token : tokens[role];
      let order = await lineIn(from);
      for (const to of TO) {
        const answer = await step(token, order, order.items[0], to);
        const what = `${role}: ${from} -> ${to}: ${answer.text}`;
        const known = stepOf(from, to);
        if (known && known[2].includes(role)) {
          assert.equal(answer.status, 200, what);
          assert.deepEqual(states(answer.json), [to, 'pending'], what);
          assert.equal(answer.json.version, order.version + 1, what);
          assert.equal(answer.headers.get('etag'), `"${order.version + 1}"`, what);
          assert.equal(answer.json.status, to === 'pending' ? 'pending' : 'preparing', what);
          assert.deepEqual(await read(order), answer.json);
          order = await lineIn(from);
        } else if (role === 'diner' || known) {
          assert.match(expectProblem(answer, 403, 'insufficient_role').detail, new RegExp(`^The role ${role} may not (do this$|move a line from )`));
        } else {
          expectProblem(answer, 409, 'invalid_transition');
        }
      }
      assert.deepEqual(await read(order), order, 'what was refused changed nothing');
    });
  }
}

test('without a token no line moves', async () => {
  const order = await orderOf(1);
  for (const token of [undefined, 'x.y.z']) expectProblem(await step(token, order, order.items[0], 'ready'), 401, 'unauthenticated');
  assert.deepEqual(await read(order), order);
});

test('the status is one of the list, and nothing else is set', async () => {
  const order = await orderOf(1), line = order.items[0];
  for (const body of [{}, { status: null }, { status: '' }, { status: 'cancelled' }, { status: 'confirmed' }, { status: 'completed' },
    { status: 'Ready' }, { status: 1 }, { status: ['ready'] }]) {
    for (const role of ['kitchen', 'owner']) expectProblem(await step(tokens[role], order, line, body), 422, 'validation_failed', ['/status']);
  }
  for (const [field, value] of Object.entries({ quantity: 2, price: 1, reason: 'x', id: line.id, station: 'bar' })) {
    const problem = await step(tokens.owner, order, line, { status: 'ready', [field]: value });
    assert.equal(problem.status, 422, problem.text);
    assert.deepEqual(problem.json.errors.map((e) => e.field), [`/${field}`]);
  }
  for (const body of ['[]', '"ready"', 'null']) {
    const answer = await put(stack, `/api/orders/${order.id}/items/${line.id}`, { token: tokens.kitchen, body });
    expectProblem(answer, 422, 'validation_failed');
  }
  assert.deepEqual(await read(order), order);
});

// ---- Lines that there are not

test('a line that is not the order\'s does not exist', async () => {
  const order = await orderOf(1), other = await orderOf(1);
  const answers = [];
  for (const [o, line] of [[order, randomUUID()], [order, other.items[0]], [order, there.order.items[0]], [{ id: randomUUID() }, order.items[0]],
    [there.order, there.order.items[0]], [there.order, order.items[0]], [order, order.id], [order, order.items[0].menu_item_id]]) {
    for (const headers of [{}, { 'If-Match': '"99"' }]) {
      const { request_id: ignored, ...problem } = expectProblem(await step(tokens.kitchen, o, line, 'ready', headers), 404, 'not_found');
      answers.push(problem);
    }
  }
  for (const answer of answers) assert.deepEqual(answer, answers[0]);
  for (const o of [order, other]) assert.deepEqual(await read(o), o);
  assert.equal(stack.sqlValue(`SELECT version || status FROM orders WHERE id = '${there.order.id}'`), '1pending');
  for (const [o, line] of [[order, '7'], [{ id: 'x' }, order.items[0]]]) expectProblem(await step(tokens.kitchen, o, line, 'ready'), 404, 'not_found');
  // Their kitchen sees and moves its own only.
  assert.deepEqual((await screen('', there.tokens.kitchen)).data.map((l) => l.order_id), [there.order.id]);
  expectProblem(await step(there.tokens.owner, order, order.items[0], 'ready'), 404, 'not_found');
});

test('capitals in the ids do not matter', async () => {
  const order = await orderOf(2);
  const answer = await step(tokens.kitchen, { id: order.id.toUpperCase() }, order.items[1].id.toUpperCase(), 'preparing');
  assert.deepEqual(states(expectStatus(answer, 200).json), ['pending', 'preparing']);
});

test('the lines of a cancelled order', async () => {
  for (const from of ['pending', 'preparing']) {
    let order = await orderOf(2);
    if (from === 'preparing') order = await stepped(tokens.kitchen, order, order.items[0], 'ready');
    order = await move(order, 'cancelled');
    assert.deepEqual(states(order), ['cancelled', 'cancelled']);
    for (const to of TO)
      for (const role of ['waiter', 'owner']) expectProblem(await step(tokens[role], order, order.items[0], to), 409, 'invalid_transition');
    assert.deepEqual(await read(order), order);
  }
});

test('the lines of a deleted order do not exist', async () => {
  const order = await orderOf(1);
  expectStatus(await del(stack, `/api/orders/${order.id}`, { token: tokens.manager, body: { reason: 'entered twice' } }), 204);
  expectProblem(await step(tokens.kitchen, order, order.items[0], 'ready'), 404, 'not_found');
  assert.equal(stack.sqlValue(`SELECT status FROM order_items WHERE id = '${order.items[0].id}'`), 'pending');
});

// ---- What the order does

for (const before of ['pending', 'confirmed']) {
  for (const first of ['preparing', 'ready']) {
    test(`the first line ${first} makes a ${before} order preparing`, async () => {
      let order = await orderOf(3);
      if (before === 'confirmed') order = await move(order, 'confirmed');
      const after = await stepped(tokens.kitchen, order, order.items[1], first);
      assert.equal(after.status, 'preparing');
      assert.deepEqual(states(after), ['pending', first, 'pending']);
      const rows = await history(order);
      assert.deepEqual(rows.slice(-1).map((h) => [h.from, h.to, h.actor_role, h.actor_id]), [[before, 'preparing', 'kitchen', ids.kitchen]]);
      // The next one adds nothing to the order's history.
      const next = await stepped(tokens.waiter, order, order.items[0], 'preparing');
      assert.equal(next.status, 'preparing');
      assert.equal(next.version, after.version + 1);
      assert.equal((await history(order)).length, rows.length);
    });
  }
}

test('the last line ready makes the order ready', async () => {
  let order = await orderOf(3);
  for (const i of [2, 0, 1]) order = await stepped(tokens.kitchen, order, order.items[i], 'preparing');
  for (const i of [1, 2]) {
    order = await stepped(tokens.kitchen, order, order.items[i], 'ready');
    assert.equal(order.status, 'preparing');
  }
  order = await stepped(tokens.kitchen, order, order.items[0], 'ready');
  assert.equal(order.status, 'ready');
  assert.deepEqual(states(order), ['ready', 'ready', 'ready']);
  const rows = await history(order);
  assert.deepEqual(rows.map((h) => h.to), ['pending', 'preparing', 'ready']);
  assert.deepEqual([rows[2].from, rows[2].actor_role, rows[2].actor_id], ['preparing', 'kitchen', ids.kitchen]);
  assert.equal(order.version, 7);
});

test('the only line ready makes the order ready', async () => {
  for (const from of ['pending', 'confirmed', 'preparing']) {
    let order = await orderOf(1);
    if (from !== 'pending') order = await move(order, from);
    order = from === 'preparing' ? order : await stepped(tokens.kitchen, order, order.items[0], 'preparing');
    order = await stepped(tokens.kitchen, order, order.items[0], 'ready');
    assert.equal(order.status, 'ready');
    assert.equal((await history(order)).filter((h) => h.to === 'ready').length, 1);
  }
  const direct = await orderOf(1);
  assert.equal((await stepped(tokens.kitchen, direct, direct.items[0], 'ready')).status, 'ready');
  assert.equal((await history(direct)).filter((h) => h.to === 'ready').length, 1);
});

test('all lines served make the order served', async () => {
  let order = await orderOf(3);
  // The first goes out alone, while the others are being made.
  for (const status of TO.slice(1)) order = await stepped(tokens.waiter, order, order.items[0], status);
  assert.equal(order.status, 'preparing');
  for (const i of [1, 2]) order = await stepped(tokens.kitchen, order, order.items[i], 'ready');
  assert.equal(order.status, 'ready');
  assert.deepEqual(states(order), ['served', 'ready', 'ready']);
  order = await stepped(tokens.waiter, order, order.items[2], 'served');
  assert.equal(order.status, 'ready');
  order = await stepped(tokens.cashier, order, order.items[1], 'served');
  assert.equal(order.status, 'served');
  const rows = await history(order);
  assert.deepEqual(rows.map((h) => [h.from, h.to]), [[null, 'pending'], ['pending', 'preparing'], ['preparing', 'ready'], ['ready', 'served']]);
  assert.deepEqual([rows[3].actor_role, rows[3].actor_id], ['cashier', ids.cashier]);
  assert.equal((await move(order, 'completed', tokens.waiter)).status, 'completed');
  expectProblem(await step(tokens.owner, order, order.items[0], 'served'), 409, 'invalid_transition');
});

// ---- A wrong step back

test('a line goes back, and its order with it', async () => {
  let order = await orderOf(2);
  for (const line of order.items) order = await stepped(tokens.kitchen, order, line, 'ready');
  assert.equal(order.status, 'ready');
  for (const [i, to, lines, status] of [[1, 'preparing', ['ready', 'preparing'], 'preparing'], [1, 'pending', ['ready', 'pending'], 'preparing'],
    [0, 'preparing', ['preparing', 'pending'], 'preparing'], [0, 'pending', ['pending', 'pending'], 'pending']]) {
    const { version } = order;
    order = await stepped(tokens.kitchen, order, order.items[i], to);
    assert.deepEqual([states(order), order.status, order.version], [lines, status, version + 1]);
  }
  const [a, b] = order.items.map((i) => i.id);
  assert.deepEqual((await history(order)).slice(1).map((h) => [h.item_id, h.from, h.to, h.actor_id]), [
    [null, 'pending', 'preparing', ids.kitchen], [null, 'preparing', 'ready', ids.kitchen],
    [b, 'ready', 'preparing', ids.kitchen], [null, 'ready', 'preparing', ids.kitchen],
    [b, 'preparing', 'pending', ids.kitchen], [a, 'ready', 'preparing', ids.kitchen],
    [a, 'preparing', 'pending', ids.kitchen], [null, 'preparing', 'pending', ids.kitchen],
  ]);
  order = await stepped(tokens.kitchen, order, order.items[0], 'preparing');
  assert.equal(order.status, 'preparing');
});

test('a confirmed order goes back to confirmed', async () => {
  let order = await move(await orderOf(1), 'confirmed');
  order = await stepped(tokens.kitchen, order, order.items[0], 'preparing');
  order = await stepped(tokens.kitchen, order, order.items[0], 'pending');
  assert.deepEqual([order.status, states(order)], ['confirmed', ['pending']]);
});

test('a line\'s step is taken back within ten minutes of it', async () => {
  const age = (order, interval) => stack.sql(`SET session_replication_role = replica;
    UPDATE order_items SET preparing_at = preparing_at - interval '${interval}', ready_at = ready_at - interval '${interval}'
    WHERE order_id = '${order.id}'`);
  const order = await orderOf(1), line = order.items[0];
  await stepped(tokens.kitchen, order, line, 'preparing');
  age(order, '9 minutes 50 seconds');
  await stepped(tokens.kitchen, order, line, 'ready');
  age(order, '15 seconds');
  await stepped(tokens.kitchen, order, line, 'preparing'); // ready was a moment ago
  assert.match(expectProblem(await step(tokens.owner, order, line, 'pending'), 409, 'invalid_transition').detail, /ten minutes/);
  await stepped(tokens.kitchen, order, line, 'ready');
  age(order, '10 minutes 5 seconds');
  expectProblem(await step(tokens.owner, order, line, 'preparing'), 409, 'invalid_transition');
  assert.equal((await read(order)).status, 'ready');
});

test('a line served at once leaves the others where they are', async () => {
  let order = await orderOf(2);
  order = await stepped(tokens.waiter, order, order.items[0], 'served');
  assert.deepEqual([order.status, states(order)], ['preparing', ['served', 'pending']]);
  expectProblem(await step(tokens.owner, order, order.items[0], 'ready'), 409, 'invalid_transition');
  order = await stepped(tokens.kitchen, order, order.items[1], 'served');
  assert.equal(order.status, 'served');
  expectProblem(await step(tokens.owner, order, order.items[1], 'ready'), 409, 'invalid_transition');
});

test('two take the same step back at once: one does', async () => {
  for (let round = 0; round < 5; round++) {
    let order = await orderOf(2);
    for (const line of order.items) order = await stepped(tokens.kitchen, order, line, 'ready');
    const answers = await Promise.all([tokens.kitchen, tokens.waiter].map((token) => step(token, order, order.items[0], 'preparing')));
    assert.deepEqual(answers.map((a) => a.status).sort(), [200, 409]);
    const left = await read(order);
    assert.deepEqual([left.status, states(left)], ['preparing', ['preparing', 'ready']]);
    assert.equal((await history(order)).filter((h) => h.item_id !== null).length, 1);
  }
});

test('lines and order may be moved by turns', async () => {
  let order = await orderOf(2);
  order = await stepped(tokens.kitchen, order, order.items[0], 'ready');
  order = await move(order, 'ready', tokens.kitchen); // the rest goes along
  assert.deepEqual(states(order), ['ready', 'ready']);
  expectProblem(await step(tokens.kitchen, order, order.items[1], 'ready'), 409, 'invalid_transition');
  order = await stepped(tokens.waiter, order, order.items[1], 'served');
  assert.equal(order.status, 'ready');
  order = await move(order, 'served', tokens.waiter);
  assert.deepEqual(states(order), ['served', 'served']);
});

test('a line\'s step changes it, the order\'s status, version and time, and nothing else', async () => {
  const order = await orderOf(2);
  const after = await stepped(tokens.kitchen, order, order.items[0], 'preparing');
  assert.deepEqual({ ...after, status: 'pending', version: 1, updated_at: order.updated_at, items: [{ ...after.items[0], status: 'pending' }, after.items[1]] }, order);
  assert.ok(after.updated_at > order.updated_at);
});

// ---- Versions

test('every line\'s step raises the order\'s version by one', async () => {
  let order = await orderOf(2);
  for (const [i, status] of [[0, 'preparing'], [1, 'preparing'], [0, 'ready'], [1, 'ready'], [1, 'served'], [0, 'served']]) {
    const answer = expectStatus(await step(tokens.waiter, order, order.items[i], status), 200);
    assert.equal(answer.json.version, order.version + 1);
    assert.equal(answer.headers.get('etag'), `"${order.version + 1}"`);
    assert.ok(answer.json.updated_at >= order.updated_at);
    const seen = await get(stack, `/api/orders/${order.id}`, { token: tokens.kitchen });
    assert.equal(seen.headers.get('etag'), answer.headers.get('etag'));
    order = answer.json;
  }
  assert.equal(order.version, 7);
});

test('If-Match is the order\'s version', async () => {
  const order = await orderOf(2);
  for (const match of ['"2"', '"0"', 'W/"1"', '1', 'x', '""'])
    expectProblem(await step(tokens.kitchen, order, order.items[0], 'preparing', { 'If-Match': match }), 412, 'version_mismatch');
  assert.deepEqual(await read(order), order);
  expectStatus(await step(tokens.kitchen, order, order.items[0], 'preparing', { 'If-Match': '"1"' }), 200);
  expectProblem(await step(tokens.kitchen, order, order.items[1], 'preparing', { 'If-Match': '"1"' }), 412, 'version_mismatch');
  expectStatus(await step(tokens.kitchen, order, order.items[1], 'preparing', { 'If-Match': '"9", "2"' }), 200);
  expectStatus(await step(tokens.kitchen, order, order.items[1], 'ready', { 'If-Match': '*' }), 200);
});

test('the mirror is to learn of every line\'s step', async () => {
  const order = await orderOf(2);
  for (const [i, status] of [[0, 'preparing'], [0, 'ready'], [1, 'ready'], [1, 'served']]) {
    stack.sql(`UPDATE sync_logs SET convex_sync_status = 'synced', convex_sync_attempts = 3 WHERE entity_type = 'order' AND entity_id = '${order.id}'`);
    const { version } = await stepped(tokens.waiter, order, order.items[i], status);
    assert.deepEqual(stack.sql(`SELECT convex_sync_status, entity_version, convex_sync_attempts FROM sync_logs WHERE entity_type = 'order' AND entity_id = '${order.id}'`),
      [['pending', String(version), '0']]);
  }
});

// ---- Many at once

for (const headers of [{}, { 'If-Match': '"1"' }]) {
  test(`two cooks at one line${headers['If-Match'] ? ', with If-Match' : ''}: one of them`, async () => {
    for (let round = 0; round < 6; round++) {
      const order = await orderOf(2);
      const to = ['preparing', 'ready'][round % 2];
      const answers = await Promise.all([tokens.kitchen, tokens.waiter].map((token) => step(token, order, order.items[0], to, headers)));
      assert.deepEqual(answers.map((a) => a.status).sort(), [200, headers['If-Match'] ? 412 : 409], answers.map((a) => a.text).join('\n'));
      expectProblem(answers.find((a) => a.status !== 200), headers['If-Match'] ? 412 : 409, headers['If-Match'] ? 'version_mismatch' : 'invalid_transition');
      const left = await read(order);
      assert.equal(left.version, 2);
      assert.deepEqual(states(left), [to, 'pending']);
      assert.equal((await history(order)).length, 2);
    }
  });
}

test('ten cooks at ten lines of one order', async () => {
  for (let round = 0; round < 4; round++) {
    const order = await orderOf(10);
    const direct = round % 2 === 0; // or by preparing
    for (const to of direct ? ['ready'] : ['preparing', 'ready']) {
      const answers = await Promise.all(order.items.map((line, i) => step([tokens.kitchen, tokens.waiter, tokens.owner][i % 3], order, line, to)));
      for (const answer of answers) expectStatus(answer, 200);
      assert.equal(new Set(answers.map((a) => a.json.version)).size, 10, 'each its own version');
      if (to === 'ready') assert.equal(answers.filter((a) => a.json.status === 'ready').length, 1);
    }
    const left = await read(order);
    assert.equal(left.status, 'ready');
    assert.equal(left.version, direct ? 11 : 21);
    assert.deepEqual(states(left), Array(10).fill('ready'));
    assert.deepEqual((await history(order)).map((h) => h.to), ['pending', 'preparing', 'ready']);
    const served = await Promise.all(order.items.map((line) => step(tokens.waiter, order, line, 'served')));
    for (const answer of served) expectStatus(answer, 200);
    assert.equal((await read(order)).status, 'served');
    assert.equal((await history(order)).filter((h) => h.to === 'served').length, 1);
  }
});

test('a cook readies the last line while a manager cancels: one of them wins', async () => {
  for (let round = 0; round < 6; round++) {
    let order = await orderOf(2);
    for (const line of order.items) order = await stepped(tokens.kitchen, order, line, 'preparing');
    order = await stepped(tokens.kitchen, order, order.items[0], 'ready');
    const [cook, cancel] = await Promise.all([step(tokens.kitchen, order, order.items[1], 'ready'),
      put(stack, `/api/orders/${order.id}`, { token: tokens.manager, body: { status: 'cancelled', reason: 'x' } })]);
    assert.deepEqual([cook.status, cancel.status].sort(), [200, 409], `${cook.text}\n${cancel.text}`);
    const left = await read(order);
    assert.equal(left.status, cook.status === 200 ? 'ready' : 'cancelled');
    assert.deepEqual([...new Set(states(left))], [left.status]);
  }
});

test('cooks and a waiter who readies the whole order', async () => {
  for (let round = 0; round < 5; round++) {
    const order = await move(await orderOf(4), 'preparing');
    const answers = await Promise.all([...order.items.map((line) => step(tokens.kitchen, order, line, 'ready')),
      put(stack, `/api/orders/${order.id}`, { token: tokens.waiter, body: { status: 'ready' } })]);
    for (const answer of answers) if (answer.status !== 200) expectProblem(answer, 409, 'invalid_transition');
    const left = await read(order);
    assert.equal(left.status, 'ready');
    assert.deepEqual(states(left), Array(4).fill('ready'));
    assert.equal((await history(order)).filter((h) => h.to === 'ready').length, 1);
  }
});

// ---- The screen

test('which roles see the screen', async () => {
  const order = await orderOf(1);
  for (const role of STAFF) assert.ok((await screen('', tokens[role])).data.some((l) => l.order_id === order.id), role);
  const problem = expectProblem(await get(stack, '/api/kitchen', { token: asha.token }), 403, 'insufficient_role');
  assert.equal(problem.detail, 'The role diner may not do this');
  expectProblem(await get(stack, '/api/kitchen'), 401, 'unauthenticated');
  assert.ok(!(await screen()).data.some((l) => l.order_id === there.order.id), 'the other restaurant\'s');
});

test('what a line on the screen says', async () => {
  const item = byStation.kitchen.options.length > 0 ? byStation.kitchen
    : Object.values(byName).find((i) => i.is_available && i.options.some((o) => o.min_select > 0));
  const choices = leastChoices(item);
  for (const o of item.options) { // one more where it may be
    const chosen = choices.filter((c) => c.option_id === o.id).length;
    const value = o.values.find((v) => v.is_available && !choices.some((c) => c.value_id === v.id));
    if (chosen < o.max_select && !value && o.allow_repeat) choices.find((c) => c.option_id === o.id).quantity = 2;
    if (chosen < o.max_select && value) choices.push({ option_id: o.id, value_id: value.id });
  }
  assert.ok(choices.length > 0);
  const body = { order_type: 'dine_in', special_instructions: 'all together, please', items: [
    { menu_item_id: item.id, quantity: 3, customizations: choices, special_instructions: 'no <chilli>' }, lineOf(byName['Tandoori Roti'], 2)] };
  const order = expectStatus(await post(stack, '/api/orders', { token: asha.token, body }), 201).json;
  const lines = await shown([order]);
  assert.equal(lines.length, 2);
  for (const [i, line] of lines.entries()) {
    const of = order.items[i];
    assert.equal(line.order_id, order.id);
    assert.equal(line.order_number, order.order_number);
    assert.equal(line.order_status, 'pending');
    assert.equal(line.order_type, 'dine_in');
    assert.equal(line.order_version, 1);
    assert.equal(line.order_instructions, 'all together, please');
    assert.equal(line.table_id, asha.session.table_id);
    assert.equal(line.table_name, asha.session.table_name);
    assert.equal(line.ordered_at, order.created_at);
    for (const field of ['id', 'menu_item_id', 'name', 'quantity', 'station', 'status', 'special_instructions']) assert.deepEqual(line[field], of[field], field);
    assert.deepEqual(line.customizations.map((c) => [c.option_name, c.value_name, c.quantity]), of.customizations.map((c) => [c.option_name, c.value_name, c.quantity]));
    assert.ok(!('price' in line));
  }
  assert.equal(lines[0].special_instructions, 'no <chilli>');
  assert.equal(lines[0].customizations.length, choices.length);
  assert.equal(lines[1].special_instructions, null);
  // And after a step.
  await stepped(tokens.kitchen, order, order.items[0], 'preparing');
  const [first] = await shown([order]);
  assert.deepEqual([first.status, first.order_status, first.order_version], ['preparing', 'preparing', 2]);
});

test('a takeaway has no table', async () => {
  const order = expectStatus(await post(stack, '/api/orders', { token: tokens.waiter, body: { order_type: 'takeaway', items: [lineOf(byName['Tandoori Roti'])] } }), 201).json;
  const [line] = await shown([order]);
  assert.deepEqual([line.order_type, line.table_id, line.table_name], ['takeaway', null, null]);
});

test('the oldest order first, its lines as they were ordered', async () => {
  clearScreen();
  const items = [byName['Tandoori Roti'], byStation.dessert, byStation.kitchen];
  const orders = [];
  for (let i = 0; i < 4; i++) orders.push(await orderOf(3, { items: [...items.slice(i % 3), ...items.slice(0, i % 3)] }));
  const wanted = orders.flatMap((o) => o.items.map((i) => i.id));
  const page = await screen();
  assert.deepEqual(page.data.map((l) => l.id), wanted);
  assert.equal(page.next_cursor, null);
  // What happens to an order does not change its place; the order of arrival counts, not the id.
  await move(orders[2], 'confirmed');
  await stepped(tokens.kitchen, orders[3], orders[3].items[0], 'preparing');
  assert.deepEqual((await screen()).data.map((l) => l.id), wanted);
  stack.sql(`SET session_replication_role = replica; UPDATE orders SET created_at = created_at - interval '1 hour' WHERE id = '${orders[2].id}'`);
  assert.deepEqual((await screen()).data.map((l) => l.order_id), [2, 0, 1, 3].flatMap((i) => Array(3).fill(orders[i].id)));
});

test('only what is still to be made', async () => {
  clearScreen();
  const order = await orderOf(4);
  const rest = async () => (await shown([order])).map((l) => order.items.findIndex((i) => i.id === l.id));
  await stepped(tokens.kitchen, order, order.items[0], 'preparing');
  assert.deepEqual(await rest(), [0, 1, 2, 3]);
  await stepped(tokens.kitchen, order, order.items[0], 'ready');
  assert.deepEqual(await rest(), [1, 2, 3]);
  await stepped(tokens.waiter, order, order.items[0], 'served');
  await stepped(tokens.kitchen, order, order.items[2], 'ready');
  assert.deepEqual(await rest(), [1, 3]);
  await move(order, 'ready');
  assert.deepEqual(await rest(), []);
  for (const [state, on] of [['pending', 1], ['confirmed', 1], ['preparing', 1], ['ready', 0], ['served', 0], ['completed', 0], ['cancelled', 0]]) {
    const one = await orderOf(1);
    const way = ['confirmed', 'preparing', 'ready', 'served', 'completed'];
    for (const status of state === 'cancelled' ? ['cancelled'] : way.slice(0, way.indexOf(state) + 1)) await move(one, status);
    assert.equal((await shown([one])).length, on, state);
  }
  const gone = await orderOf(2);
  expectStatus(await del(stack, `/api/orders/${gone.id}`, { token: tokens.manager, body: { reason: 'entered twice' } }), 204);
  assert.deepEqual(await shown([gone]), []);
});

test('one station\'s screen', async () => {
  clearScreen();
  const stations = Object.keys(byStation).sort();
  assert.ok(stations.length >= 3, stations.join(' '));
  const orders = [await orderOf(0, { items: stations.map((s) => byStation[s]) }), await orderOf(0, { items: [...stations].reverse().map((s) => byStation[s]) })];
  const all = (await screen()).data;
  assert.equal(all.length, 2 * stations.length);
  for (const station of stations) {
    const { data } = await screen(`?station=${encodeURIComponent(station)}`);
    assert.deepEqual(data, all.filter((l) => l.station === station), station);
    assert.deepEqual(data.map((l) => l.order_id), orders.map((o) => o.id));
  }
  assert.deepEqual(await screen('?station=nowhere'), { data: [], next_cursor: null });
  assert.deepEqual((await screen(`?station=${stations[0].toUpperCase()}x`)).data, []);
  for (const query of ['station=', `station=${'x'.repeat(61)}`, 'table_id=x', 'Station=bar'])
    expectProblem(await get(stack, `/api/kitchen?${query}`, { token: tokens.kitchen }), 422, 'validation_failed', [query.split('=')[0]]);
});

test('a line without a station is on every station\'s screen', async () => {
  clearScreen();
  const { menu } = await readMenu(stack);
  const item = expectStatus(await post(stack, '/api/menu/items', { token: tokens.owner,
    body: { category_id: menu.categories[0].id, name: 'Water', price: 100 } }), 201).json;
  const stations = Object.keys(byStation);
  const order = await orderOf(0, { items: [{ ...item, options: [] }, ...stations.map((s) => byStation[s])] });
  for (const station of stations)
    assert.deepEqual((await shown([order], `?station=${encodeURIComponent(station)}`)).map((l) => l.station), [null, station]);
  assert.deepEqual((await shown([order], '?station=nowhere')).map((l) => l.name), ['Water']);
  assert.equal((await shown([order])).length, 1 + stations.length);
});

test('no open line is missing, however many there are', async () => {
  clearScreen();
  const orders = await Promise.all(Array.from({ length: 6 }, () => orderOf(100)));
  const seen = [];
  for (let cursor = null, n = 0; n < 20; n++) { // a list may come in pages
    const page = await screen(cursor ? `?cursor=${encodeURIComponent(cursor)}` : '');
    seen.push(...page.data.map((l) => l.id));
    cursor = page.next_cursor;
    if (cursor === null) break;
  }
  assert.equal(seen.length, 600);
  assert.equal(new Set(seen).size, 600);
  assert.deepEqual(new Set(seen), new Set(orders.flatMap((o) => o.items.map((i) => i.id))));
});
