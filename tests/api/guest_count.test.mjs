// How many guests sit at a table: said at the opening, corrected later, added up when two
// sessions become one.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { call, expectProblem, expectStatus, get, joinSession, openSession, post, tokenOf } from './lib/client.mjs';
import { shareStack } from './lib/shared.mjs';

const theirs = 'caffe-lungarno', WAITERS = ['waiter', 'cashier', 'manager', 'owner'], WRONG = [0, -1, 501, 2.5, '4', true, [4]];

let stack, tokens;
before(async () => {
  stack = await shareStack();
  stack.sql(`UPDATE restaurants SET session_opening = 'diner'`);
  tokens = {};
  for (const role of ['kitchen', ...WAITERS]) tokens[role] = await tokenOf(stack, role);
});
beforeEach(() => stack.sql(`UPDATE sessions SET status = 'closed', closed_at = now() WHERE status = 'active'`));
after(() => stack?.stop());

const table = (n) => stack.restaurant().tables[n];
const staffOpen = (n, body) => post(stack, `/api/tables/${table(n).id}/session`, { token: tokens.waiter, body });
const guestOpen = (n, body = {}) => post(stack, `/api/r/${stack.slug}/sessions`, { body: { code: table(n).code, display_name: 'Asha', ...body } });
const change = (session, body, { role = 'waiter', ...options } = {}) => call(stack, 'PATCH', `/api/sessions/${session.id ?? session}`, { token: tokens[role], body, ...options });
const changed = async (...args) => expectStatus(await change(...args), 200).json;
const merge = (from, into) => post(stack, `/api/sessions/${from.id}/merge`, { token: tokens.waiter, body: { session_id: into.id } });
const read = async (session) => expectStatus(await get(stack, `/api/sessions/${session.id}`, { token: tokens.waiter }), 200).json;

test('at the opening, by staff and by a guest', async () => {
  for (const [n, count, body] of [[0, 6, { guest_count: 6 }], [1, null, {}], [2, null, undefined], [3, null, { guest_count: null }], [4, 500, { guest_count: 500 }]]) {
    const { session } = expectStatus(await staffOpen(n, body), 201).json;
    assert.equal(session.guest_count, count);
    assert.equal(session.version, 1);
    assert.equal((await read(session)).guest_count, count);
  }
  for (const [n, count, body] of [[5, 1, { guest_count: 1 }], [6, null, {}]]) {
    const guest = expectStatus(await guestOpen(n, body), 201).json;
    assert.equal(guest.session.guest_count, count);
    assert.equal(expectStatus(await get(stack, '/api/sessions/current', { token: guest.token }), 200).json.guest_count, count);
  }
});

test('how many they cannot be', async () => {
  for (const guest_count of WRONG) {
    expectProblem(await staffOpen(0, { guest_count }), 422, 'validation_failed', ['/guest_count']);
    expectProblem(await guestOpen(0, { guest_count }), 422, 'validation_failed', ['/guest_count']);
  }
  expectProblem(await staffOpen(0, { guests: 2 }), 422, 'validation_failed', ['/guests']);
  const { session, pin, code } = await openSession(stack, 0);
  for (const guest_count of WRONG) expectProblem(await change(session, { guest_count }), 422, 'validation_failed', ['/guest_count']);
  for (const body of [{}, { guest_count: 2, status: 'closed' }, { table_id: table(1).id }]) expectProblem(await change(session, body), 422, 'validation_failed');
  expectProblem(await change(session, ''), 400, 'invalid_json');
  // Who joins says nothing of it.
  expectProblem(await post(stack, `/api/r/${stack.slug}/sessions/join`, { body: { code, pin, display_name: 'Bela', guest_count: 2 } }), 422, 'validation_failed', ['/guest_count']);
  assert.deepEqual([(await read(session)).guest_count, (await read(session)).version], [null, 1]);
});

test('waiters and up count; a guest and the kitchen do not', async () => {
  const guest = await openSession(stack, 0);
  for (const [i, role] of WAITERS.entries()) {
    const answer = expectStatus(await change(guest.session, { guest_count: i + 1 }, { role }), 200);
    assert.deepEqual([answer.json.guest_count, answer.json.version], [i + 1, i + 2]);
    assert.equal(answer.headers.get('etag'), `"${i + 2}"`);
    assert.deepEqual(await read(guest.session), answer.json);
  }
  for (const token of [guest.token, tokens.kitchen])
    expectProblem(await call(stack, 'PATCH', `/api/sessions/${guest.session.id}`, { token, body: { guest_count: 9 } }), 403, 'insufficient_role');
  expectProblem(await change(randomUUID(), { guest_count: 2 }), 404, 'not_found');
  const foreign = await openSession(stack, 0, { slug: theirs });
  expectProblem(await change(foreign.session, { guest_count: 2 }), 404, 'not_found');
  const log = expectStatus(await get(stack, `/api/sessions/${guest.session.id}/activity`, { token: tokens.waiter }), 200).json.data.filter((a) => a.action === 'guests_counted');
  assert.deepEqual(log.map((a) => [a.actor_role, a.details]), WAITERS.map((role, i) => [role, { guest_count: i + 1 }]));
  assert.equal((await changed(guest.session, { guest_count: null })).guest_count, null, 'null clears');
});

test('If-Match', async () => {
  const { session } = await openSession(stack, 0);
  for (const match of ['"2"', 'W/"1"']) expectProblem(await change(session, { guest_count: 2 }, { headers: { 'If-Match': match } }), 412, 'version_mismatch');
  expectStatus(await change(session, { guest_count: 2 }, { headers: { 'If-Match': '"1"' } }), 200);
  expectProblem(await change(session, { guest_count: 3 }, { headers: { 'If-Match': '"1"' } }), 412, 'version_mismatch');
  assert.equal((await read(session)).guest_count, 2);
});

test('a session that has ended is counted no more', async () => {
  const { session } = await openSession(stack, 0);
  await changed(session, { guest_count: 3 });
  expectStatus(await post(stack, `/api/sessions/${session.id}/close`, { token: tokens.waiter }), 200);
  expectProblem(await change(session, { guest_count: 4 }), 409, 'session_closed');
  assert.equal((await read(session)).guest_count, 3);
});

test('whoever polls hears of it', async () => {
  const guest = await openSession(stack, 0);
  for (const token of [guest.token, tokens.waiter]) {
    const { next_cursor: since } = expectStatus(await get(stack, '/api/sync', { token }), 200).json;
    const { version } = await changed(guest.session, { guest_count: 7 });
    const { sessions } = expectStatus(await get(stack, `/api/sync?since=${encodeURIComponent(since)}`, { token }), 200).json;
    assert.deepEqual(sessions.map((s) => [s.id, s.guest_count, s.version]), [[guest.session.id, 7, version]]);
  }
});

test('two sessions become one: the guests are added up', async () => {
  for (const [from, into, both] of [[2, 3, 5], [null, 4, 4], [1, null, 1], [null, null, null], [300, 400, 500]]) {
    const [a, b] = [await openSession(stack, 0), await openSession(stack, 1)];
    if (from !== null) await changed(a.session, { guest_count: from });
    if (into !== null) await changed(b.session, { guest_count: into });
    const one = expectStatus(await merge(a.session, b.session), 200).json;
    assert.equal(one.guest_count, both);
    // They are counted once.
    assert.deepEqual([(await read(a.session)).guest_count, (await read(a.session)).status], [null, 'closed']);
    expectStatus(await post(stack, `/api/sessions/${b.session.id}/close`, { token: tokens.waiter }), 200);
  }
});

test('it stays through a move', async () => {
  const { session, code, pin } = await openSession(stack, 0);
  await changed(session, { guest_count: 5 });
  await joinSession(stack, code, pin);
  assert.equal((await read(session)).guest_count, 5, 'who joins was counted');
  assert.equal(expectStatus(await post(stack, `/api/sessions/${session.id}/move`, { token: tokens.waiter, body: { table_id: table(1).id } }), 200).json.guest_count, 5);
});
