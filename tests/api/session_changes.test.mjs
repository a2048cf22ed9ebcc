// Sessions that get more time, move to another table, or become one, while
// their diners order; and the log of what happened in them.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { del, expectStatus, get, joinSession, lineOf, newKey, openSession, post, put, readMenu, tokenOf } from './lib/client.mjs';
import { hold } from './lib/hold.mjs';
import { shareStack } from './lib/shared.mjs';
import { patience, until } from './lib/until.mjs';

let slug, theirs;
const WAITERS = ['waiter', 'cashier', 'manager', 'owner'];
const MINUTE = 60000, DAY = 24 * 60 * MINUTE;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let stack, tokens, ids, anOrder, dario, spare;
before(async () => {
  stack = await shareStack();
  ({ slug, otherSlug: theirs } = stack);
  stack.sql(`UPDATE restaurants SET session_opening = 'diner'`);
  tokens = {};
  for (const role of ['kitchen', ...WAITERS]) tokens[role] = await tokenOf(stack, role);
  ids = Object.fromEntries(stack.sql(`SELECT role, id FROM staff WHERE restaurant_id = '${stack.restaurant().id}'`));
  const item = (await readMenu(stack)).byName['Tandoori Roti'];
  anOrder = { order_type: 'dine_in', items: [lineOf(item)] };
  dario = await openSession(stack, 0, { slug: theirs, name: 'Dario' });
  spare = stack.restaurant().tables[11];
});
after(() => stack?.stop());

const table = (n) => stack.restaurant(slug).tables[n];
const change = (what, session, body, { token = tokens.waiter, key, headers } = {}) =>
  post(stack, `/api/sessions/${session.id ?? session}/${what}`, { token, body, key, headers });
const extend = (session, minutes, options) => change('extend', session, { minutes }, options);
const move = (session, to, options) => change('move', session, { table_id: to.id ?? to }, options);
const merge = (from, into, options) => change('merge', from, { session_id: into.id ?? into }, options);
const order = (token, body = anOrder) => post(stack, '/api/orders', { token, body });
const ordered = async (token, body) => expectStatus(await order(token, body), 201).json;
const read = async (session) => expectStatus(await get(stack, `/api/sessions/${session.id}`, { token: tokens.waiter }), 200).json;
const current = async (token) => expectStatus(await get(stack, '/api/sessions/current', { token }), 200).json;
const activity = async (session, query = '') =>
  expectStatus(await get(stack, `/api/sessions/${session.id}/activity${query}`, { token: tokens.waiter }), 200).json;
const welcome = async (n) => expectStatus(await get(stack, `/api/r/${slug}/tables/${table(n).code}`), 200).json;
const placeOf = (orders) => orders.length === 0 ? []
  : stack.sql(`SELECT DISTINCT session_id, table_id FROM orders WHERE id IN (${orders.map((o) => `'${o.id}'`).join()})`);
const runOut = (session, seconds = 1) => stack.sql(`UPDATE sessions SET expires_at = now() - interval '${seconds} seconds' WHERE id = '${session.id}'`);

/** Ends whatever is open in the restaurant, so that a test can take any table. */
const clear = () => stack.sql(`UPDATE sessions SET status = 'closed', closed_at = now()
  WHERE status = 'active' AND restaurant_id = '${stack.restaurant().id}'`);
/** An open session of n diners at the nth table: {session, code, pin, diners: [{diner, token}]}. */
async function party(n, size = 1) {
  const first = await openSession(stack, n, { name: `Host ${n}` });
  const diners = [first];
  for (let i = 1; i < size; i++) diners.push(await joinSession(stack, first.code, first.pin, { name: `Guest ${n}.${i}` }));
  return { ...first, diners };
}

function expectProblem(answer, status, code, fields) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.code, code, answer.text);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  if (fields) assert.deepEqual(answer.json.errors.map((e) => e.field).sort(), [...fields].sort(), answer.text);
  return answer.json;
}

/** Every order is where its diner is, and that session runs, at that table. */
function expectAllAtHome(what = '') {
  assert.deepEqual(stack.sql(`SELECT o.id, o.session_id, u.session_id, o.table_id, s.table_id, s.status
    FROM orders o JOIN users u ON u.restaurant_id = o.restaurant_id AND u.id = o.diner_id
    JOIN sessions s ON s.restaurant_id = o.restaurant_id AND s.id = u.session_id
    WHERE o.session_id <> u.session_id OR o.table_id <> s.table_id`), [], `orders that are not where their diner is ${what}`);
}

// ---- Who may, and of what

test('waiters and up change sessions', async () => {
  clear();
  const a = await party(0), b = await party(1);
  const ways = [['extend', { minutes: 5 }], ['move', { table_id: table(5).id }], ['merge', { session_id: b.session.id }]];
  for (const [what, body] of ways) {
    for (const token of [tokens.kitchen, a.token, b.token]) expectProblem(await change(what, a.session, body, { token }), 403, 'insufficient_role');
    const anonymous = await post(stack, `/api/sessions/${a.session.id}/${what}`, { body });
    expectProblem(anonymous, 401, 'unauthenticated');
  }
  assert.deepEqual(await read(a.session), a.session);
  for (const role of WAITERS) {
    const token = tokens[role];
    expectStatus(await extend(a.session, 1, { token }), 200);
    expectStatus(await move(a.session, table(5), { token }), 200);
    expectStatus(await move(a.session, table(0), { token }), 200);
    const c = await party(2);
    expectStatus(await merge(c.session, a.session, { token }), 200);
  }
});

test('a session that does not exist', async () => {
  clear();
  const a = await party(0);
  for (const [what, body] of [['extend', { minutes: 5 }], ['move', { table_id: table(5).id }], ['merge', { session_id: a.session.id }]]) {
    const answers = [];
    for (const id of [randomUUID(), dario.session.id, dario.session.id.toUpperCase(), table(0).id]) {
      for (const headers of [{}, { 'If-Match': '"77"' }]) {
        const { request_id: ignored, ...problem } = expectProblem(await change(what, id, body, { token: tokens.owner, headers }), 404, 'not_found');
        answers.push(problem);
      }
    }
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
    expectProblem(await change(what, 'x', body), 404, 'not_found');
  }
  assert.equal(stack.sqlValue(`SELECT version || status FROM sessions WHERE id = '${dario.session.id}'`), '1active');
});

test('bodies that are not right', async () => {
  clear();
  const a = await party(0), b = await party(1);
  const bad = {
    extend: ['/minutes', [undefined, null, 0, -1, 1441, 1.5, 1e12, '30', true, [5]]],
    move: ['/table_id', [undefined, null, '', 'x', 7, [table(5).id]]],
    merge: ['/session_id', [undefined, null, '', 'x', 7, [b.session.id]]],
  };
  for (const [what, [pointer, values]] of Object.entries(bad)) {
    for (const value of values) expectProblem(await change(what, a.session, { [pointer.slice(1)]: value }), 422, 'validation_failed', [pointer]);
    expectProblem(await change(what, a.session, { reason: 'x', session: 1 }), 422, 'validation_failed', [pointer, '/reason', '/session']);
    expectProblem(await change(what, a.session, '[]'), 422, 'validation_failed');
    expectProblem(await change(what, a.session, ''), 400, 'invalid_json');
    expectProblem(await change(what, a.session, '{'), 400, 'invalid_json');
  }
  for (const session of [a.session, b.session]) assert.deepEqual(await read(session), session);
});

test('a closed session', async () => {
  clear();
  const a = await party(0), b = await party(1);
  expectStatus(await post(stack, `/api/sessions/${a.session.id}/close`, { token: tokens.waiter }), 200);
  const closed = await read(a.session);
  expectProblem(await extend(a.session, 5), 409, 'session_closed');
  expectProblem(await move(a.session, table(5)), 409, 'session_closed');
  expectProblem(await merge(a.session, b.session), 409, 'session_closed');
  expectProblem(await merge(b.session, a.session), 409, 'session_closed');
  assert.deepEqual(await read(a.session), closed);
  assert.deepEqual(await read(b.session), b.session);
});

test('If-Match', async () => {
  clear();
  const a = await party(0), b = await party(1);
  const ways = [['extend', { minutes: 5 }], ['move', { table_id: table(5).id }], ['merge', { session_id: b.session.id }]];
  for (const [what, body] of ways)
    for (const match of ['"2"', 'W/"1"', 'x', '""']) expectProblem(await change(what, a.session, body, { headers: { 'If-Match': match } }), 412, 'version_mismatch');
  assert.deepEqual(await read(a.session), a.session);
  for (const [i, [what, body]] of ways.entries()) {
    const answer = expectStatus(await change(what, a.session, body, { headers: { 'If-Match': `"${i + 1}"` } }), 200);
    if (what === 'merge') continue; // answers the other session
    assert.equal(answer.json.version, i + 2);
    assert.equal(answer.headers.get('etag'), `"${i + 2}"`);
    expectProblem(await change(what, a.session, body, { headers: { 'If-Match': `"${i + 1}"` } }), 412, 'version_mismatch');
  }
  assert.equal((await read(a.session)).version, 4);
});

// ---- More time

test('more time counts from the present end', async () => {
  clear();
  const { session } = await party(0);
  let end = Date.parse(session.expires_at);
  for (const [i, minutes] of [1, 30, 90].entries()) {
    const answer = expectStatus(await extend(session, minutes), 200);
    end += minutes * MINUTE;
    assert.equal(Date.parse(answer.json.expires_at), end);
    assert.equal(answer.json.version, 2 + i);
    assert.equal(answer.headers.get('etag'), `"${2 + i}"`);
    assert.deepEqual(await read(session), answer.json);
  }
  const changed = ['expires_at', 'version', 'updated_at'];
  const now = await read(session);
  assert.deepEqual({ ...now, ...Object.fromEntries(changed.map((f) => [f, session[f]])) }, session, 'nothing else changes');
  assert.equal((await welcome(0)).session.expires_at, now.expires_at);
});

test('more time for a session that ran out counts from now', async () => {
  clear();
  const a = await party(0, 2);
  runOut(a.session, 600);
  expectProblem(await order(a.token), 401, 'session_ended');
  const answer = expectStatus(await extend(a.session, 20), 200).json;
  assert.equal(answer.status, 'active');
  assert.ok(Math.abs(Date.parse(answer.expires_at) - Date.now() - 20 * MINUTE) < 5000 * patience, answer.expires_at);
  for (const diner of a.diners) await ordered(diner.token);
  assert.equal((await joinSession(stack, a.code, a.pin)).session.id, a.session.id);
});

test('no more than a day', async () => {
  clear();
  const { session } = await party(0);
  for (let i = 0; i < 3; i++) {
    const answer = expectStatus(await extend(session, 1440), 200).json;
    assert.ok(Math.abs(Date.parse(answer.expires_at) - Date.now() - DAY) < 5000 * patience, answer.expires_at);
  }
  runOut(session);
  const last = expectStatus(await extend(session, 1440), 200).json;
  assert.ok(Math.abs(Date.parse(last.expires_at) - Date.now() - DAY) < 5000 * patience, last.expires_at);
});

test('no more time where the table has new guests', async () => {
  clear();
  const a = await party(0);
  runOut(a.session);
  const b = await party(0);
  expectProblem(await extend(a.session, 20), 409, 'session_closed');
  assert.equal((await read(a.session)).status, 'expired');
  assert.deepEqual(await read(b.session), b.session);
});

test('more time and new guests at once: one of them', async () => {
  for (let round = 0; round < 5; round++) {
    clear();
    const a = await party(0);
    runOut(a.session);
    const [more, opened] = await Promise.all([extend(a.session, 20), post(stack, `/api/r/${slug}/sessions`, { body: { code: a.code, display_name: 'New' } })]);
    assert.ok([200, 409].includes(more.status) && [201, 409].includes(opened.status), `${more.text}\n${opened.text}`);
    assert.equal([more.status, opened.status].filter((s) => s === 409).length, 1, `${more.text}\n${opened.text}`);
    assert.equal(stack.sqlValue(`SELECT count(*) FROM sessions WHERE status = 'active' AND table_id = '${table(0).id}'`), '1');
  }
});

test('ten at once: each counts', async () => {
  clear();
  const { session } = await party(0);
  const answers = await Promise.all(Array.from({ length: 10 }, () => extend(session, 3)));
  for (const answer of answers) expectStatus(answer, 200);
  const now = await read(session);
  assert.equal(Date.parse(now.expires_at), Date.parse(session.expires_at) + 30 * MINUTE);
  assert.equal(now.version, 11);
});

// ---- Moving

test('a session moves, and all that is its own goes along', async () => {
  clear();
  const a = await party(0, 2);
  const orders = [await ordered(a.diners[0].token), await ordered(a.diners[1].token), await ordered(tokens.waiter, { ...anOrder, session_id: a.session.id })];
  const call = expectStatus(await post(stack, '/api/service-calls', { token: a.token, body: { kind: 'bill' } }), 201).json;
  const answer = expectStatus(await move(a.session, table(4)), 200);
  assert.equal(answer.json.id, a.session.id);
  assert.equal(answer.json.table_id, table(4).id);
  assert.equal(answer.json.table_name, table(4).name);
  assert.equal(answer.json.status, 'active');
  assert.equal(answer.json.expires_at, a.session.expires_at);
  assert.equal(answer.json.version, 2);
  assert.equal(answer.headers.get('etag'), '"2"');
  assert.deepEqual(answer.json.diners.map((d) => d.id), a.diners.map((d) => d.diner.id));
  assert.deepEqual(placeOf(orders), [[a.session.id, table(4).id]]);
  for (const o of orders) {
    const { json: now } = expectStatus(await get(stack, `/api/orders/${o.id}`, { token: a.diners[1].token }), 200);
    assert.ok(now.version > o.version, 'a client learns that the order changed');
    assert.deepEqual({ ...now, table_id: o.table_id, version: o.version, updated_at: o.updated_at }, o);
  }
  const { data: [moved] } = expectStatus(await get(stack, '/api/service-calls', { token: a.token }), 200).json;
  assert.deepEqual([moved.id, moved.table_id, moved.table_name], [call.id, table(4).id, table(4).name]);
  // The tokens stay good, and what comes now is at the new table.
  for (const { token } of a.diners) {
    assert.equal((await current(token)).table_id, table(4).id);
    const next = await ordered(token);
    assert.deepEqual([next.table_id, next.session_id], [table(4).id, a.session.id]);
    const named = await ordered(token, { ...anOrder, table_id: table(4).id, session_id: a.session.id });
    assert.equal(named.table_id, table(4).id);
    expectProblem(await order(token, { ...anOrder, table_id: table(0).id }), 403, 'forbidden_field', ['/table_id']);
  }
  assert.equal((await current(a.token)).orders.length, 7);
  const water = expectStatus(await post(stack, '/api/service-calls', { token: a.token, body: { kind: 'water' } }), 201).json;
  assert.equal(water.table_id, table(4).id);
  expectAllAtHome();
  // Both codes lead where they should.
  assert.equal((await welcome(0)).session, null);
  assert.equal((await welcome(4)).session.active, true);
  assert.equal((await joinSession(stack, table(4).code, a.pin)).session.id, a.session.id);
  expectProblem(await post(stack, `/api/r/${slug}/sessions/join`, { body: { code: a.code, pin: a.pin, display_name: 'Late' } }), 409, 'session_closed');
  const b = await party(0);
  assert.notEqual(b.session.id, a.session.id);
  assert.deepEqual((await current(b.token)).orders, []);
  expectProblem(await post(stack, `/api/r/${slug}/sessions`, { body: { code: table(4).code, display_name: 'Eve' } }), 409, 'session_active');
});

test('an occupied table', async () => {
  clear();
  const a = await party(0), b = await party(1);
  const mine = await ordered(a.token), other = await ordered(b.token);
  expectProblem(await move(a.session, table(1)), 409, 'session_active');
  assert.deepEqual(await read(a.session), a.session);
  assert.deepEqual(await read(b.session), b.session);
  assert.deepEqual(placeOf([mine]), [[a.session.id, table(0).id]]);
  assert.deepEqual(placeOf([other]), [[b.session.id, table(1).id]]);
  expectStatus(await post(stack, `/api/sessions/${b.session.id}/close`, { token: tokens.manager, body: { force: true } }), 200);
  assert.equal(expectStatus(await move(a.session, table(1)), 200).json.table_id, table(1).id);
  assert.deepEqual(placeOf([other]), [[b.session.id, table(1).id]], 'who was there before keeps its orders');
});

test('a session that ran out makes way', async () => {
  clear();
  const a = await party(0), b = await party(1);
  const old = await ordered(b.token);
  runOut(b.session);
  expectProblem(await move(a.session, table(1)), 409, 'session_active'); // not while it owes
  expectStatus(await post(stack, '/api/payments', { token: tokens.waiter, body: { session_id: b.session.id, amount: old.total_amount, method: 'cash' } }), 201);
  assert.equal(expectStatus(await move(a.session, table(1)), 200).json.table_id, table(1).id);
  const gone = await read(b.session);
  assert.equal(gone.status, 'expired');
  assert.match(gone.closed_at, time);
  assert.deepEqual(placeOf([old]), [[b.session.id, table(1).id]]);
  expectProblem(await order(b.token), 401, 'session_ended');
  await ordered(a.token);
});

test('tables that there are not', async () => {
  clear();
  const a = await party(0);
  const faults = [];
  for (const id of [randomUUID(), stack.restaurant(theirs).tables[1].id, stack.restaurant(theirs).tables[1].id.toUpperCase(), a.session.id]) {
    const { errors } = expectProblem(await move(a.session, id), 422, 'validation_failed', ['/table_id']);
    faults.push(errors);
  }
  for (const fault of faults) assert.deepEqual(fault, faults[0]);
  stack.sql(`UPDATE tables SET deleted_at = now() WHERE id = '${spare.id}'`);
  try {
    assert.deepEqual(expectProblem(await move(a.session, spare), 422, 'validation_failed', ['/table_id']).errors, faults[0]);
  } finally {
    stack.sql(`UPDATE tables SET deleted_at = NULL WHERE id = '${spare.id}'`);
  }
  assert.deepEqual(await read(a.session), a.session);
  assert.equal(expectStatus(await move(a.session, table(3).id.toUpperCase()), 200).json.table_id, table(3).id);
});

test('to the table where it is', async () => {
  clear();
  const a = await party(0);
  const answer = await move(a.session, table(0));
  assert.ok([200, 409, 422].includes(answer.status), answer.text);
  const now = await read(a.session);
  assert.deepEqual([now.status, now.table_id], ['active', table(0).id]);
  await ordered(a.token);
});

test('a deleted order goes along, too', async () => {
  clear();
  const a = await party(0);
  const gone = await ordered(a.token);
  expectStatus(await del(stack, `/api/orders/${gone.id}`, { token: tokens.manager, body: { reason: 'entered twice' } }), 204);
  expectStatus(await move(a.session, table(4)), 200);
  assert.deepEqual(placeOf([gone]), [[a.session.id, table(4).id]]);
});

// ---- Merging

test('two sessions become one', async () => {
  clear();
  const a = await party(0, 2), b = await party(1, 2);
  const all = [...a.diners, ...b.diners];
  const orders = [];
  for (const { token } of all) orders.push(await ordered(token));
  orders.push(await ordered(tokens.waiter, { ...anOrder, session_id: a.session.id }));
  const calls = [];
  for (const { token } of [a, b]) calls.push(expectStatus(await post(stack, '/api/service-calls', { token, body: { kind: 'call' } }), 201).json);
  const done = expectStatus(await post(stack, `/api/service-calls/${calls[0].id}/ack`, { token: tokens.waiter }), 200).json;

  const answer = expectStatus(await merge(a.session, b.session), 200);
  assert.equal(answer.json.id, b.session.id);
  assert.equal(answer.json.status, 'active');
  assert.equal(answer.json.table_id, table(1).id);
  assert.deepEqual(answer.json.diners.map((d) => d.id).sort(), all.map((d) => d.diner.id).sort());
  assert.deepEqual(await read(b.session), answer.json);
  const source = await read(a.session);
  assert.equal(source.status, 'closed');
  assert.match(source.closed_at, time);
  assert.deepEqual(source.diners, []);
  assert.equal(source.version, 2);

  // Both parties' tokens: the same session with all that is in it.
  for (const { token, diner } of all) {
    const seen = await current(token);
    assert.equal(seen.id, b.session.id);
    assert.deepEqual(seen.orders.map((o) => o.id).sort(), orders.map((o) => o.id).sort());
    const list = expectStatus(await get(stack, '/api/orders', { token }), 200).json;
    assert.deepEqual(list.data.map((o) => o.id).sort(), orders.map((o) => o.id).sort());
    for (const o of orders) {
      expectStatus(await get(stack, `/api/orders/${o.id}`, { token }), 200);
      expectStatus(await get(stack, `/api/orders/${o.id}/history`, { token }), 200);
    }
    const asked = expectStatus(await get(stack, '/api/service-calls', { token }), 200).json.data;
    assert.deepEqual(asked.map((c) => [c.id, c.session_id, c.table_id]).sort(), calls.map((c) => [c.id, b.session.id, table(1).id]).sort());
    assert.equal(asked.find((c) => c.id === done.id).acknowledged_by, ids.waiter);
    const own = orders[all.findIndex((d) => d.diner.id === diner.id)];
    expectStatus(await put(stack, `/api/orders/${own.id}`, { token, body: { status: 'cancelled' } }), 200);
  }
  for (const { token } of all) {
    const next = await ordered(token, { ...anOrder, session_id: b.session.id });
    assert.deepEqual([next.session_id, next.table_id], [b.session.id, table(1).id]);
    expectStatus(await post(stack, '/api/orders/quote', { token, body: anOrder }), 200);
  }
  expectAllAtHome();
  for (const o of orders) assert.ok(expectStatus(await get(stack, `/api/orders/${o.id}`, { token: tokens.waiter }), 200).json.version >= o.version);
  // Nothing is left: the table is free, and what is due is due at the other.
  assert.equal((await welcome(0)).session, null);
  expectProblem(await post(stack, `/api/r/${slug}/sessions/join`, { body: { code: a.code, pin: a.pin, display_name: 'Late' } }), 409, 'session_closed');
  assert.equal((await joinSession(stack, b.code, b.pin)).session.id, b.session.id);
  const c = await party(0);
  assert.deepEqual((await current(c.token)).orders, []);
  const left = expectProblem(await post(stack, `/api/sessions/${b.session.id}/close`, { token: tokens.waiter }), 409, 'unpaid_orders');
  assert.match(left.detail, /^5 /);
});

test('into itself', async () => {
  clear();
  const a = await party(0);
  for (const id of [a.session.id, a.session.id.toUpperCase()]) expectProblem(await merge(a.session, id), 422, 'validation_failed', ['/session_id']);
  expectProblem(await merge(a.session.id.toUpperCase(), a.session.id), 422, 'validation_failed', ['/session_id']);
  assert.deepEqual(await read(a.session), a.session);
});

test('into a session that does not exist', async () => {
  clear();
  const a = await party(0);
  const faults = [];
  for (const id of [randomUUID(), dario.session.id, dario.session.id.toUpperCase(), table(1).id])
    faults.push(expectProblem(await merge(a.session, id), 422, 'validation_failed', ['/session_id']).errors);
  for (const fault of faults) assert.deepEqual(fault, faults[0]);
  assert.deepEqual(await read(a.session), a.session);
  assert.equal(stack.sqlValue(`SELECT version || status FROM sessions WHERE id = '${dario.session.id}'`), '1active');
  await ordered(a.token);
});

test('into, or from, a session that ran out', async () => {
  clear();
  const a = await party(0), b = await party(1);
  runOut(b.session);
  expectProblem(await merge(a.session, b.session), 409, 'session_closed');
  expectProblem(await merge(b.session, a.session), 409, 'session_closed');
  await ordered(a.token);
  expectStatus(await extend(b.session, 10), 200);
  expectStatus(await merge(a.session, b.session), 200);
});

test('one after the other, into one', async () => {
  clear();
  const parties = [];
  for (let n = 0; n < 5; n++) parties.push(await party(n));
  const orders = [];
  for (const p of parties) orders.push(await ordered(p.token));
  for (let n = 0; n < 4; n++) expectStatus(await merge(parties[n].session, parties[n + 1].session), 200);
  for (const p of parties) {
    const seen = await current(p.token);
    assert.equal(seen.id, parties[4].session.id);
    assert.equal(seen.orders.length, 5);
    assert.equal(seen.diners.length, 5);
  }
  assert.deepEqual(placeOf(orders), [[parties[4].session.id, table(4).id]]);
  expectStatus(await move(parties[4].session, table(0)), 200);
  for (const p of parties) assert.equal((await ordered(p.token)).table_id, table(0).id);
  expectAllAtHome();
  // The end of the last is the end of all.
  expectStatus(await post(stack, `/api/sessions/${parties[4].session.id}/close`, { token: tokens.manager, body: { force: true } }), 200);
  for (const p of parties) expectProblem(await order(p.token), 401, 'session_ended');
});

test('what was paid goes along', async () => {
  clear();
  const a = await party(0), b = await party(1);
  const own = await ordered(a.token);
  const { json: { id: payment } } = expectStatus(await post(stack, '/api/payments',
    { token: tokens.waiter, body: { order_id: own.id, amount: 100, method: 'cash' } }), 201);
  const session = () => stack.sqlValue(`SELECT session_id FROM payments WHERE id = '${payment}'`);
  expectStatus(await move(a.session, table(4)), 200);
  assert.equal(await session(), a.session.id);
  expectStatus(await merge(a.session, b.session), 200);
  assert.equal(await session(), b.session.id);
  assert.equal((await current(b.token)).orders[0].payment_status, 'partially_paid');
});

test('the mirror is to learn of moves and mergers', async () => {
  clear();
  const a = await party(0), b = await party(1);
  const own = await ordered(a.token);
  const pending = (id) => stack.sql(`SELECT convex_sync_status FROM sync_logs WHERE entity_id = '${id}'`).flat();
  for (const doing of [() => extend(a.session, 5), () => move(a.session, table(4)), () => merge(a.session, b.session)]) {
    stack.sql(`UPDATE sync_logs SET convex_sync_status = 'synced' WHERE entity_id IN ('${a.session.id}', '${own.id}')`);
    expectStatus(await doing(), 200);
    assert.deepEqual(pending(a.session.id), ['pending']);
    const version = stack.sqlValue(`SELECT version FROM orders WHERE id = '${own.id}'`);
    assert.equal(stack.sqlValue(`SELECT entity_version FROM sync_logs WHERE entity_id = '${own.id}'`), version);
    if (Number(version) > own.version) assert.deepEqual(pending(own.id), ['pending']);
  }
});

// ---- While diners order

/** 25 orders of the parties' diners in turn, begun before, with and after `doing`. Answers {answers, done}. */
async function whileOrdering(diners, doing, n = 25) {
  const placed = [];
  const place = () => placed.push(order(diners[placed.length % diners.length].token));
  for (let i = 0; i < n / 2; i++) place();
  const done = doing();
  for (let i = placed.length; i < n; i++) place();
  const answers = await Promise.all(placed);
  return { answers, done: await done };
}

function expectAllPlaced(answers) {
  for (const answer of answers) assert.equal(answer.status, 201, answer.text);
  assert.equal(new Set(answers.map((a) => a.json.id)).size, answers.length);
  return answers.map((a) => a.json);
}

test('a session moves while its diners order', async () => {
  clear();
  const a = await party(0, 3);
  let placed = 0;
  for (let round = 0; round < 5; round++) {
    const to = table(round % 2 === 0 ? 4 : 0);
    const { answers, done } = await whileOrdering(a.diners, () => move(a.session, to));
    assert.equal(expectStatus(done, 200).json.table_id, to.id);
    const orders = expectAllPlaced(answers);
    placed += orders.length;
    assert.deepEqual(placeOf(orders), [[a.session.id, to.id]]);
    assert.equal((await current(a.token)).orders.length, placed);
  }
  expectAllAtHome();
});

test('two sessions become one while their diners order', async () => {
  for (let round = 0; round < 5; round++) {
    clear();
    const a = await party(0, 3), b = await party(1, 2);
    const before = [await ordered(a.token), await ordered(b.token)];
    const { answers, done } = await whileOrdering([...a.diners, ...b.diners], () => merge(a.session, b.session), 30);
    expectStatus(done, 200);
    const orders = [...before, ...expectAllPlaced(answers)];
    assert.deepEqual(placeOf(orders), [[b.session.id, table(1).id]]);
    for (const { token } of [a, b]) assert.equal((await current(token)).orders.length, orders.length);
    assert.equal(stack.sqlValue(`SELECT count(*) FROM orders WHERE session_id = '${a.session.id}'`), '0');
  }
  expectAllAtHome();
});

test('a diner always sees its own order while sessions become one', async () => {
  for (let round = 0; round < 8; round++) {
    clear();
    const a = await party(0), b = await party(1);
    const own = await ordered(a.token);
    const paths = ['/api/orders', `/api/orders/${own.id}`, `/api/orders/${own.id}/history`, '/api/sessions/current', '/api/service-calls'];
    expectStatus(await post(stack, '/api/service-calls', { token: a.token, body: { kind: 'water' } }), 201);
    const reading = [], look = () => reading.push([paths[reading.length % 5], get(stack, paths[reading.length % 5], { token: a.token })]);
    for (let i = 0; i < 20; i++) look();
    const done = merge(a.session, b.session);
    for (let i = 0; i < 20; i++) look();
    expectStatus(await done, 200);
    const wrong = [];
    for (const [path, promise] of reading) {
      const { status, json, text } = await promise;
      const rows = { '/api/orders': json?.data, '/api/sessions/current': json?.orders, '/api/service-calls': json?.data }[path];
      if (status !== 200 || (rows && rows.length !== 1)) wrong.push([path, status, text.slice(0, 200)]);
    }
    assert.deepEqual(wrong, [], `round ${round}`);
  }
});

test('three sessions become one by two mergers at once while diners order', async () => {
  for (let round = 0; round < 5; round++) {
    clear();
    const a = await party(0, 2), b = await party(1), c = await party(2);
    const { answers, done: [first, second] } = await whileOrdering([...a.diners, b, c],
      () => Promise.all([merge(a.session, b.session), merge(b.session, c.session)]), 28);
    expectStatus(second, 200);
    if (first.status !== 200) expectProblem(first, 409, 'session_closed'); // b was gone already
    const orders = expectAllPlaced(answers);
    assert.equal(placeOf(orders).length, first.status === 200 ? 1 : 2);
    assert.equal((await current(b.token)).id, c.session.id);
    assert.equal((await current(a.token)).id, (first.status === 200 ? c : a).session.id);
    expectAllAtHome();
  }
});

test('a chain of mergers at once while diners order', async () => {
  for (let round = 0; round < 8; round++) {
    clear();
    const parties = [];
    for (let n = 0; n < 5; n++) parties.push(await party(n));
    const { answers, done } = await whileOrdering(parties, () => Promise.all([0, 1, 2, 3].map((n) => merge(parties[n].session, parties[n + 1].session))), 30);
    for (const answer of done) if (answer.status !== 200) expectProblem(answer, 409, 'session_closed');
    expectAllPlaced(answers);
    for (const p of parties) assert.equal((await current(p.token)).status, 'active');
    expectAllAtHome();
  }
});

for (const what of ['move', 'merge']) {
  test(`everything else goes on during a ${what}`, async () => {
    for (let round = 0; round < 6; round++) {
      clear();
      const a = await party(0, 2), b = await party(1);
      const orders = await Promise.all(Array.from({ length: 12 }, () => ordered(a.token)));
      const calls = await Promise.all(Array.from({ length: 6 }, async () =>
        expectStatus(await post(stack, '/api/service-calls', { token: a.token, body: { kind: 'water' } }), 201).json));
      const doing = [];
      const also = (name, answer) => doing.push(answer.then(({ status, text }) => ({ name, status, text })));
      const half = (from, to) => {
        for (const [i, o] of orders.slice(from, to).entries()) {
          if (i % 3 === 0) also('a waiter cancels', put(stack, `/api/orders/${o.id}`, { token: tokens.waiter, body: { status: 'cancelled' } }));
          if (i % 3 === 1) also('a line is ready', put(stack, `/api/orders/${o.id}/items/${o.items[0].id}`, { token: tokens.kitchen, body: { status: 'ready' } }));
          if (i % 3 === 2) also('a diner cancels', put(stack, `/api/orders/${o.id}`, { token: a.token, body: { status: 'cancelled' } }));
        }
        for (const c of calls.slice(from / 2, to / 2)) also('a waiter acknowledges', post(stack, `/api/service-calls/${c.id}/ack`, { token: tokens.waiter }));
        also('a diner calls', post(stack, '/api/service-calls', { token: a.diners[1].token, body: { kind: 'bill' } }));
        also('a waiter orders', order(tokens.waiter, { ...anOrder, session_id: b.session.id }));
      };
      half(0, 6);
      also(what, what === 'move' ? move(a.session, table(4)) : merge(a.session, b.session));
      half(6, 12);
      assert.deepEqual((await Promise.all(doing)).filter((answer) => ![200, 201].includes(answer.status)), [], `round ${round}`);
      const home = what === 'move' ? [a.session.id, table(4).id] : [b.session.id, table(1).id];
      assert.deepEqual(placeOf(orders), [home]);
      assert.deepEqual(stack.sql(`SELECT DISTINCT session_id, table_id FROM service_calls WHERE diner_id IN ('${a.diners[0].diner.id}', '${a.diners[1].diner.id}')`), [home]);
      assert.equal(stack.sqlValue(`SELECT count(*) FROM service_calls WHERE id IN (${calls.map((c) => `'${c.id}'`).join()}) AND acknowledged_at IS NULL`), '0');
    }
    expectAllAtHome();
  });
}

test('joining during a merger: whoever is in is in an active session', async () => {
  for (let round = 0; round < 5; round++) {
    clear();
    const a = await party(0), b = await party(1);
    const join = ({ code, pin }) => post(stack, `/api/r/${slug}/sessions/join`, { body: { code, pin, display_name: 'Late' } });
    const joins = Array.from({ length: 6 }, (_, i) => join(i % 2 ? a : b));
    const merged = merge(a.session, b.session);
    joins.push(...Array.from({ length: 6 }, (_, i) => join(i % 2 ? a : b)));
    expectStatus(await merged, 200);
    for (const [i, answer] of (await Promise.all(joins)).entries()) {
      if (i % 2 && answer.status !== 200) {
        expectProblem(answer, 409, 'session_closed');
        continue;
      }
      const { token } = expectStatus(answer, 200).json;
      assert.equal((await current(token)).id, b.session.id);
      await ordered(token);
    }
    assert.equal(stack.sqlValue(`SELECT count(*) FROM users WHERE session_id = '${a.session.id}'`), '0');
  }
});

test('mergers in opposite directions: one of them', async () => {
  for (let round = 0; round < 8; round++) {
    clear();
    const a = await party(0), b = await party(1);
    const orders = [await ordered(a.token), await ordered(b.token)];
    const [there, back] = await Promise.all([merge(a.session, b.session), merge(b.session, a.session)]);
    assert.deepEqual([there.status, back.status].sort(), [200, 409], `${there.text}\n${back.text}`);
    expectProblem(there.status === 409 ? there : back, 409, 'session_closed');
    const left = there.status === 200 ? b : a;
    assert.deepEqual(placeOf(orders), [[left.session.id, left.session.table_id]]);
    for (const { token } of [a, b]) assert.equal((await current(token)).id, left.session.id);
  }
});

test('three in a ring, over and over: never a deadlock', async () => {
  for (let round = 0; round < 6; round++) {
    clear();
    const ring = [await party(0), await party(1), await party(2)];
    const answers = await Promise.all(ring.map((p, i) => merge(p.session, ring[(i + 1) % 3].session)));
    for (const answer of answers) if (answer.status !== 200) expectProblem(answer, 409, 'session_closed');
    const open = stack.sql(`SELECT id FROM sessions WHERE status = 'active' AND id IN (${ring.map((p) => `'${p.session.id}'`).join()})`).flat();
    assert.equal(open.length, 3 - answers.filter((a) => a.status === 200).length);
    for (const { token } of ring) assert.ok(open.includes((await current(token)).id));
  }
});

test('two move to one table at once: one of them', async () => {
  for (let round = 0; round < 6; round++) {
    clear();
    const parties = [await party(0), await party(1), await party(2)];
    const answers = await Promise.all(parties.map((p) => move(p.session, table(5))));
    assert.deepEqual(answers.map((a) => a.status).sort(), [200, 409, 409], answers.map((a) => a.text).join('\n'));
    for (const answer of answers) if (answer.status === 409) expectProblem(answer, 409, 'session_active');
    for (const p of parties) await ordered(p.token);
    expectAllAtHome();
  }
});

test('two that would change places: neither', async () => {
  for (let round = 0; round < 12; round++) {
    clear();
    const parties = [];
    for (let n = 0; n < 6; n++) parties.push(await party(n));
    const answers = await Promise.all(parties.map((p, n) => move(p.session, table(n ^ 1)))); // three pairs
    for (const answer of answers) expectProblem(answer, 409, 'session_active');
    for (const [n, p] of parties.entries()) assert.equal((await read(p.session)).table_id, table(n).id);
  }
});

test('two that would change places wait for the same one of them first', async () => {
  clear();
  const [a, b] = [await party(0), await party(1)]; // ids rise with time
  const lock = ({ session }) => `SELECT FROM sessions WHERE restaurant_id = '${stack.restaurant().id}' AND id = '${session.id}' FOR UPDATE NOWAIT`;
  const held = await hold(stack, lock(a));
  const moves = [move(a.session, table(1)), move(b.session, table(0))];
  try {
    await until('both wait', () => held.waiting() === 2);
    await held.run(lock(b)); // neither of them has it
  } finally {
    await held.end();
  }
  for (const answer of await Promise.all(moves)) expectProblem(answer, 409, 'session_active');
});

test('moving while new guests sit down there: one of them', async () => {
  for (let round = 0; round < 6; round++) {
    clear();
    const a = await party(0);
    const [moved, opened] = await Promise.all([move(a.session, table(5)),
      post(stack, `/api/r/${slug}/sessions`, { body: { code: table(5).code, display_name: 'New' } })]);
    assert.equal([moved, opened].filter((x) => x.status === 409).length, 1, `${moved.text}\n${opened.text}`);
    expectProblem(moved.status === 409 ? moved : opened, 409, 'session_active');
    assert.equal(stack.sqlValue(`SELECT count(*) FROM sessions WHERE status = 'active' AND table_id = '${table(5).id}'`), '1');
  }
});

test('moving to a table that is being removed: one of them', async () => {
  for (let round = 0; round < 8; round++) {
    clear();
    const a = await party(0);
    const made = expectStatus(await post(stack, '/api/tables', { token: tokens.manager, body: { name: `Folding table ${round}`, seats: 2 } }), 201).json;
    const [moved, removed] = await Promise.all([move(a.session, made), del(stack, `/api/tables/${made.id}`, { token: tokens.manager })]);
    assert.ok([200, 409, 422].includes(moved.status) && [204, 409].includes(removed.status), `${moved.text}\n${removed.text}`);
    assert.equal(stack.sqlValue(`SELECT count(*) FROM sessions s JOIN tables t USING (restaurant_id) WHERE t.id = s.table_id
      AND s.status = 'active' AND t.deleted_at IS NOT NULL`), '0', 'guests sit at a table that is gone');
  }
});

test('closing beside a merger', async () => {
  for (let round = 0; round < 6; round++) {
    clear();
    const a = await party(0), b = await party(1);
    const own = await ordered(a.token);
    const [merged, closed] = await Promise.all([merge(a.session, b.session), post(stack, `/api/sessions/${b.session.id}/close`, { token: tokens.waiter })]);
    // Closed first, the merger has nowhere to go; merged first, there is an unpaid order.
    if (merged.status === 200) expectProblem(closed, 409, 'unpaid_orders');
    else expectProblem(merged, 409, 'session_closed');
    assert.deepEqual(placeOf([own]), [merged.status === 200 ? [b.session.id, table(1).id] : [a.session.id, table(0).id]]);
    assert.equal((await current(a.token)).orders.length, 1);
  }
});

// ---- The activity

test('what happened in a session, who did it, in its order', async () => {
  clear();
  const a = await party(0, 2), b = await party(1);
  const first = await ordered(a.diners[1].token);
  expectStatus(await extend(a.session, 7, { token: tokens.cashier }), 200);
  expectStatus(await move(a.session, table(4), { token: tokens.manager }), 200);
  expectStatus(await post(stack, `/api/sessions/${a.session.id}/pin`, { token: tokens.owner }), 200);
  expectStatus(await merge(a.session, b.session), 200);
  const { data, next_cursor: next } = await activity(a.session);
  assert.equal(next, null);
  const names = Object.fromEntries(stack.sql(`SELECT role, display_name FROM staff WHERE restaurant_id = '${stack.restaurant().id}'`));
  const by = (role) => [role, ids[role], names[role]];
  assert.deepEqual(data.map((r) => [r.action, r.actor_role, r.actor_id, r.actor_name, r.details]), [
    ['session_opened', 'diner', a.diner.id, 'Host 0', {}],
    ['diner_joined', 'diner', a.diners[1].diner.id, 'Guest 0.1', {}],
    ['order_placed', 'diner', a.diners[1].diner.id, 'Guest 0.1', { order_id: first.id }],
    ['session_extended', ...by('cashier'), { minutes: 7 }],
    ['session_moved', ...by('manager'), { table_id: table(4).id }],
    ['pin_changed', ...by('owner'), {}],
    ['session_merged', ...by('waiter'), { into: b.session.id }],
  ]);
  for (const [i, row] of data.entries()) {
    assert.deepEqual(Object.keys(row).sort(), ['action', 'actor_id', 'actor_name', 'actor_role', 'created_at', 'details', 'id']);
    assert.match(row.created_at, time);
    assert.ok(i === 0 || row.created_at >= data[i - 1].created_at);
  }
  const into = (await activity(b.session)).data;
  assert.deepEqual(into.map((r) => r.action), ['session_opened', 'session_merged']);
  assert.deepEqual(into[1].details, { from: a.session.id });
});

test('what was refused leaves no trace', async () => {
  clear();
  const a = await party(0), b = await party(1);
  await extend(a.session, 0);
  await move(a.session, table(1));
  await move(a.session, randomUUID());
  await merge(a.session, a.session);
  await merge(a.session, dario.session);
  await move(a.session, table(5), { headers: { 'If-Match': '"5"' } });
  for (const { session } of [a, b]) assert.deepEqual((await activity(session)).data.map((r) => r.action), ['session_opened']);
});

test('the activity in pages', async () => {
  clear();
  const a = await party(0);
  for (let i = 1; i <= 6; i++) expectStatus(await extend(a.session, i), 200);
  const all = (await activity(a.session)).data;
  assert.equal(all.length, 7);
  for (const limit of [1, 2, 3, 6, 7, 8]) {
    const seen = [], sizes = [];
    for (let cursor = null; ;) {
      const page = await activity(a.session, `?limit=${limit}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
      seen.push(...page.data);
      sizes.push(page.data.length);
      cursor = page.next_cursor;
      if (cursor === null) break;
    }
    assert.deepEqual(seen, all, `limit ${limit}`);
    assert.equal(sizes.length, Math.ceil(7 / limit));
  }
  for (const query of ['limit=0', 'limit=201', 'limit=x', 'cursor=x', 'action=x'])
    expectProblem(await get(stack, `/api/sessions/${a.session.id}/activity?${query}`, { token: tokens.waiter }), 422, 'validation_failed', [query.split('=')[0]]);
});

test('which roles see the activity', async () => {
  clear();
  const a = await party(0);
  const see = (id, token) => get(stack, `/api/sessions/${id}/activity`, { token });
  for (const role of WAITERS) expectStatus(await see(a.session.id, tokens[role]), 200);
  for (const token of [tokens.kitchen, a.token]) expectProblem(await see(a.session.id, token), 403, 'insufficient_role');
  expectProblem(await see(a.session.id), 401, 'unauthenticated');
  for (const id of [randomUUID(), dario.session.id, 'x']) expectProblem(await see(id, tokens.owner), 404, 'not_found');
  clear();
  expectStatus(await see(a.session.id, tokens.waiter), 200);
});

// ---- Keys

test('the same with the same key is done once', async () => {
  clear();
  const a = await party(0), b = await party(1);
  await ordered(a.token);
  for (const [what, body, other] of [['extend', { minutes: 10 }, { minutes: 11 }], ['move', { table_id: table(4).id }, { table_id: table(5).id }],
    ['merge', { session_id: b.session.id }, { session_id: randomUUID() }]]) {
    const key = newKey();
    const first = expectStatus(await change(what, a.session, body, { key }), 200);
    assert.equal(first.headers.get('idempotent-replayed'), null);
    const states = () => stack.sql(`SELECT id, version, status, table_id, expires_at FROM sessions ORDER BY id`);
    const log = () => stack.sqlValue('SELECT count(*) FROM session_activity_log');
    const before = [states(), log()];
    for (let i = 0; i < 2; i++) {
      const again = expectStatus(await change(what, a.session, body, { key }), 200);
      assert.equal(again.headers.get('idempotent-replayed'), 'true', what);
      assert.equal(again.text, first.text);
      assert.equal(again.headers.get('etag'), first.headers.get('etag'));
    }
    expectProblem(await change(what, a.session, other, { key }), 422, 'idempotency_key_reused');
    assert.deepEqual([states(), log()], before, what);
  }
});

test('one key at once: one effect', async () => {
  clear();
  const a = await party(0), b = await party(1);
  for (const [what, body] of [['extend', { minutes: 10 }], ['move', { table_id: table(4).id }], ['merge', { session_id: b.session.id }]]) {
    const key = newKey();
    const answers = await Promise.all(Array.from({ length: 15 }, () => change(what, a.session, body, { key })));
    const good = answers.filter((x) => x.status === 200);
    for (const answer of answers) if (answer.status !== 200) expectProblem(answer, 409, 'idempotency_in_progress');
    assert.ok(good.length >= 1);
    assert.equal(new Set(good.map((x) => x.text)).size, 1);
    assert.equal(stack.sqlValue(`SELECT count(*) FROM session_activity_log WHERE session_id = '${a.session.id}'
      AND action = '${{ extend: 'session_extended', move: 'session_moved', merge: 'session_merged' }[what]}'`), '1');
  }
  assert.equal(Date.parse((await read(a.session)).expires_at), Date.parse(a.session.expires_at) + 10 * MINUTE);
});

test('a diner\'s key is good beyond a merger', async () => {
  clear();
  const a = await party(0), b = await party(1);
  const key = newKey();
  const first = expectStatus(await post(stack, '/api/orders', { token: a.token, body: anOrder, key }), 201);
  expectStatus(await merge(a.session, b.session), 200);
  const again = expectStatus(await post(stack, '/api/orders', { token: a.token, body: anOrder, key }), 201);
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  assert.equal(again.json.id, first.json.id);
  assert.equal((await current(b.token)).orders.length, 1);
});
