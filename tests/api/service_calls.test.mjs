// Guests asking for staff: who may, who sees what, acknowledging, many at once.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { expectStatus, get, joinSession, newKey, openSession, post, tokenOf } from './lib/client.mjs';
import { overtaken } from './lib/hold.mjs';
import { shareStack } from './lib/shared.mjs';
import { patience } from './lib/until.mjs';

const theirs = 'caffe-lungarno';
const KINDS = ['call', 'bill', 'water', 'other'];
const WAITERS = ['waiter', 'cashier', 'manager', 'owner'];
const STAFF = ['kitchen', ...WAITERS];
const FIELDS = ['acknowledged_at', 'acknowledged_by', 'created_at', 'diner_id', 'id', 'kind', 'message', 'session_id', 'status', 'table_id',
  'table_name', 'updated_at', 'version', 'waited_seconds'];
const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let stack;
let tokens; // of staff, by role
let ids; // of staff, by role
let asha; // bela is at the same table, chitra at another, dario in the other restaurant
let bela;
let chitra;
let dario;

before(async () => {
  stack = await shareStack();
  stack.sql(`UPDATE restaurants SET session_opening = 'diner'`);
  tokens = {};
  for (const role of STAFF) tokens[role] = await tokenOf(stack, role);
  ids = Object.fromEntries(stack.sql(`SELECT role, id FROM staff WHERE restaurant_id = '${stack.restaurant().id}'`));
  asha = await openSession(stack, 0);
  bela = await joinSession(stack, asha.code, asha.pin);
  chitra = await openSession(stack, 1, { name: 'Chitra' });
  dario = await openSession(stack, 0, { slug: theirs, name: 'Dario' });
});
after(() => stack?.stop());

const table = (n) => stack.restaurant().tables[n];
const ask = (token, body = { kind: 'call' }, options = {}) => post(stack, '/api/service-calls', { token, body, ...options });
const asked = async (...args) => expectStatus(await ask(...args), 201).json;
const ack = (token, call, options = {}) => post(stack, `/api/service-calls/${call.id ?? call}/ack`, { token, ...options });
const list = async (token, query = '') => expectStatus(await get(stack, `/api/service-calls${query}`, { token }), 200).json;
const count = () => Number(stack.sqlValue('SELECT count(*) FROM service_calls'));
const activity = (session, action) => stack.sql(`SELECT actor_role, actor_id, details FROM session_activity_log
  WHERE session_id = '${session.id}' AND action = '${action}' ORDER BY id`);
/** One call as staff see it in the list. */
const seen = async (call) => (await list(tokens.waiter, '?limit=200')).data.find((c) => c.id === call.id);

function expectProblem(answer, status, code, fields) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.code, code, answer.text);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  if (fields) assert.deepEqual(answer.json.errors.map((e) => e.field).sort(), [...fields].sort(), answer.text);
  return answer.json;
}

/** All the pages of a list: [{id, ...}]. */
async function pages(token, query) {
  const all = [];
  for (let cursor = null, n = 0; ; n++) {
    assert.ok(n < 100, 'the list has no end');
    const page = await list(token, `?${query}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
    all.push(page.data);
    cursor = page.next_cursor;
    if (cursor === null) return all;
  }
}

// ---- Asking

for (const kind of KINDS) {
  test(`a diner asks: ${kind}`, async () => {
    const started = Date.now();
    const answer = expectStatus(await ask(asha.token, { kind, message: '  two spoons, please ' }), 201);
    const call = answer.json;
    assert.deepEqual(Object.keys(call).sort(), FIELDS);
    assert.match(call.id, uuid7);
    assert.equal(call.kind, kind);
    assert.equal(call.message, 'two spoons, please');
    assert.equal(call.session_id, asha.session.id);
    assert.equal(call.table_id, table(0).id);
    assert.equal(call.table_name, table(0).name);
    assert.equal(call.diner_id, asha.diner.id);
    assert.equal(call.status, 'open');
    assert.equal(call.acknowledged_by, null);
    assert.equal(call.acknowledged_at, null);
    assert.equal(call.version, 1);
    assert.match(call.created_at, time);
    assert.match(call.updated_at, time);
    assert.ok(Math.abs(Date.parse(call.created_at) - started) < 5000 * patience);
    assert.ok(call.waited_seconds >= 0 && call.waited_seconds < 5 * patience, answer.text);
    assert.equal(answer.headers.get('etag'), '"1"');
    const { waited_seconds: ignored, ...rest } = await seen(call);
    assert.deepEqual({ ...rest, waited_seconds: call.waited_seconds }, call);
  });
}

test('a message is not needed', async () => {
  for (const body of [{ kind: 'water' }, { kind: 'water', message: null }, { kind: 'water', message: '' }, { kind: 'water', message: ' \t ' }])
    assert.equal((await asked(asha.token, body)).message, null, JSON.stringify(body));
});

test('the limits of a message', async () => {
  for (const message of ['x', 'x'.repeat(500), '\u{1f35b}'.repeat(500), 'पानी\nlight ice', "'; DROP TABLE service_calls; --", '<b>"\\</b>'])
    assert.equal((await asked(asha.token, { kind: 'other', message })).message, message);
  const before = count();
  for (const message of ['x'.repeat(501), '\u{1f35b}'.repeat(501), 'a\u0007b', 7, true, ['x'], { a: 1 }])
    expectProblem(await ask(asha.token, { kind: 'other', message }), 422, 'validation_failed', ['/message']);
  expectProblem(await ask(asha.token, '{"kind":"other","message":"a\\u0000b"}'), 400, 'invalid_json');
  assert.equal(count(), before);
});

test('no card number in a message', async () => {
  const before = count();
  for (const message of ['4111 1111 1111 1111', 'take it off 378282246310005, please'])
    expectProblem(await ask(asha.token, { kind: 'bill', message }), 422, 'card_number_rejected', ['/message']);
  assert.equal(count(), before);
  expectStatus(await ask(asha.token, { kind: 'bill', message: 'the bill of 20:30, table 12' }), 201);
});

test('kinds that there are not', async () => {
  const before = count();
  for (const kind of [undefined, null, '', 'Call', 'call ', 'waiter', 'bill,water', 1, ['call'], true])
    expectProblem(await ask(asha.token, { kind }), 422, 'validation_failed', ['/kind']);
  assert.equal(count(), before);
});

test('every fault of a body is reported at once', async () => {
  const problem = expectProblem(await ask(asha.token, { kind: 'beer', message: 'x'.repeat(501), table_id: table(1).id, status: 'acknowledged' }),
    422, 'validation_failed', ['/kind', '/message', '/status', '/table_id']);
  assert.equal(problem.errors.find((e) => e.field === '/table_id').code, 'unknown_field');
  for (const body of ['[]', '"call"', 'null']) assert.equal((await ask(asha.token, body)).status, 422, body);
  for (const body of ['', '{', '{"kind":"call","kind":"call"}']) expectProblem(await ask(asha.token, body), 400, 'invalid_json');
});

test('only diners ask', async () => {
  const before = count();
  for (const role of STAFF) expectProblem(await ask(tokens[role]), 403, 'insufficient_role');
  expectProblem(await ask(undefined), 401, 'unauthenticated');
  expectProblem(await ask('x.y.z'), 401, 'unauthenticated');
  assert.equal(count(), before);
});

test('a diner of a session that has ended', async () => {
  const guest = await openSession(stack, 3);
  const call = await asked(guest.token);
  expectStatus(await post(stack, `/api/sessions/${guest.session.id}/close`, { token: tokens.waiter }), 200);
  expectProblem(await ask(guest.token), 401, 'session_ended');
  expectProblem(await get(stack, '/api/service-calls', { token: guest.token }), 401, 'session_ended');
  assert.equal((await seen(call)).status, 'open', 'staff see it still');
  const late = await openSession(stack, 3);
  stack.sql(`UPDATE sessions SET expires_at = now() - interval '1 second' WHERE id = '${late.session.id}'`);
  expectProblem(await ask(late.token), 401, 'session_ended');
  stack.sql(`UPDATE sessions SET status = 'closed', closed_at = now() WHERE id = '${late.session.id}'`);
});

// ---- Seeing

test('a diner sees its session\'s calls only', async () => {
  const mine = await asked(asha.token, { kind: 'bill' });
  const belas = await asked(bela.token, { kind: 'water' });
  const chitras = await asked(chitra.token, { kind: 'call' });
  const darios = await asked(dario.token, { kind: 'call' });
  for (const token of [asha.token, bela.token]) {
    const { data } = await list(token, '?limit=200');
    assert.ok(data.every((c) => c.session_id === asha.session.id));
    for (const call of [mine, belas]) assert.ok(data.some((c) => c.id === call.id));
  }
  const { data } = await list(chitra.token, '?limit=200');
  assert.ok(data.some((c) => c.id === chitras.id));
  assert.ok(data.every((c) => c.session_id === chitra.session.id));
  for (const role of WAITERS) {
    const all = (await list(tokens[role], '?limit=200')).data;
    for (const call of [mine, belas, chitras]) assert.ok(all.some((c) => c.id === call.id), role);
    assert.ok(!all.some((c) => c.id === darios.id), 'the other restaurant\'s');
  }
  expectProblem(await get(stack, '/api/service-calls', { token: tokens.kitchen }), 403, 'insufficient_role');
  expectProblem(await get(stack, '/api/service-calls'), 401, 'unauthenticated');
});

test('the newest first, in pages, by status', async () => {
  const guest = await openSession(stack, 4);
  const calls = [];
  for (let i = 0; i < 7; i++) calls.unshift(await asked(guest.token, { kind: KINDS[i % 4], message: `no. ${i}` }));
  const done = [calls[1], calls[4]];
  for (const call of done) expectStatus(await ack(tokens.waiter, call), 200);
  const id = (c) => c.id;
  const open = calls.filter((c) => !done.includes(c)).map(id);
  for (const [query, wanted] of [['', calls.map(id)], ['status=open&', open], ['status=acknowledged&', done.map(id)]]) {
    for (const limit of [1, 2, 3, 7, 200]) {
      const got = await pages(guest.token, `${query}limit=${limit}`);
      assert.deepEqual(got.flat().map(id), wanted, `${query}limit=${limit}`);
      assert.deepEqual(got.map((p) => p.length), Array.from({ length: Math.max(1, Math.ceil(wanted.length / limit)) },
        (_, i) => Math.min(limit, wanted.length - i * limit)), 'no empty page at the end');
    }
    const ofAll = (await pages(tokens.waiter, `${query}limit=3`)).flat();
    assert.deepEqual(ofAll.filter((c) => c.session_id === guest.session.id).map(id), wanted, 'among all');
    assert.equal(new Set(ofAll.map(id)).size, ofAll.length);
    assert.deepEqual(ofAll.map(id), ofAll.map(id).sort().reverse());
    if (query) assert.ok(ofAll.every((c) => c.status === query.slice('status='.length, -1)));
  }
  // What comes while a client turns the pages moves nothing that follows.
  const first = await list(guest.token, '?limit=3');
  await asked(guest.token);
  const second = await list(guest.token, `?limit=3&cursor=${first.next_cursor}`);
  assert.deepEqual([...first.data, ...second.data].map(id), calls.slice(0, 6).map(id));
});

test('fifty without a limit', async () => {
  const guest = await openSession(stack, 5);
  stack.sql(`INSERT INTO service_calls (restaurant_id, id, session_id, table_id, kind)
    SELECT restaurant_id, ('018cc251-f400-7fff-8000-' || to_char(n, 'FM000000000000'))::uuid, id, table_id, 'call'
    FROM sessions, generate_series(1, 60) n WHERE id = '${guest.session.id}'`);
  const page = await list(guest.token);
  assert.equal(page.data.length, 50);
  assert.notEqual(page.next_cursor, null);
  stack.sql(`DELETE FROM service_calls WHERE session_id = '${guest.session.id}'`);
  assert.deepEqual(await list(guest.token), { data: [], next_cursor: null });
});

test('list parameters that are not allowed', async () => {
  for (const query of ['status=done', 'status=', 'status=Open', 'limit=0', 'limit=201', 'limit=x', 'limit=-1', 'cursor=x', 'cursor=', 'sort=kind',
    `session_id=${asha.session.id}`])
    for (const token of [asha.token, tokens.waiter]) expectProblem(await get(stack, `/api/service-calls?${query}`, { token }), 422, 'validation_failed',
      [query.split('=')[0]]);
});

// ---- Acknowledging

for (const role of WAITERS) {
  test(`a ${role} acknowledges`, async () => {
    const call = await asked(asha.token);
    const answer = expectStatus(await ack(tokens[role], call), 200);
    assert.deepEqual(Object.keys(answer.json).sort(), FIELDS);
    assert.equal(answer.json.status, 'acknowledged');
    assert.equal(answer.json.acknowledged_by, ids[role]);
    assert.match(answer.json.acknowledged_at, time);
    assert.equal(answer.json.version, 2);
    assert.equal(answer.headers.get('etag'), '"2"');
    const changed = ['status', 'acknowledged_by', 'acknowledged_at', 'version', 'updated_at', 'waited_seconds'];
    assert.deepEqual({ ...answer.json, ...Object.fromEntries(changed.map((f) => [f, call[f]])) }, call, 'nothing else changes');
    assert.deepEqual(await seen(call), answer.json);
    assert.ok((await list(asha.token, '?status=acknowledged&limit=200')).data.some((c) => c.id === call.id));
    assert.ok(!(await list(asha.token, '?status=open&limit=200')).data.some((c) => c.id === call.id));
  });
}

test('neither diner nor kitchen acknowledges', async () => {
  const call = await asked(asha.token);
  for (const token of [asha.token, bela.token, chitra.token, tokens.kitchen]) expectProblem(await ack(token, call), 403, 'insufficient_role');
  expectProblem(await ack(undefined, call), 401, 'unauthenticated');
  assert.equal((await seen(call)).version, 1);
});

test('the second one sees who was first', async () => {
  const call = await asked(asha.token);
  const before = activity(asha.session, 'service_call_acknowledged').length;
  const first = expectStatus(await ack(tokens.waiter, call), 200).json;
  for (const role of ['manager', 'waiter', 'cashier']) {
    const again = expectStatus(await ack(tokens[role], call), 200);
    assert.deepEqual(again.json, first);
    assert.equal(again.headers.get('etag'), '"2"');
  }
  assert.equal(activity(asha.session, 'service_call_acknowledged').length, before + 1);
});

test('many at once: one of them succeeds', async () => {
  for (let round = 0; round < 10; round++) {
    const call = await asked(chitra.token);
    const before = activity(chitra.session, 'service_call_acknowledged').length;
    const answers = await Promise.all(Array.from({ length: round < 5 ? 2 : 12 }, (_, i) => ack(tokens[WAITERS[i % 4]], call)));
    for (const answer of answers) expectStatus(answer, 200);
    assert.equal(new Set(answers.map((a) => a.text)).size, 1, 'all learn the same');
    assert.equal(answers[0].json.version, 2);
    assert.equal(stack.sqlValue(`SELECT version FROM service_calls WHERE id = '${call.id}'`), '2');
    const rows = activity(chitra.session, 'service_call_acknowledged');
    assert.equal(rows.length, before + 1);
    assert.equal(rows.at(-1)[1], answers[0].json.acknowledged_by);
  }
});

test('If-Match', async () => {
  const call = await asked(asha.token);
  for (const match of ['"2"', '"0"', 'W/"1"', 'x']) expectProblem(await ack(tokens.waiter, call, { headers: { 'If-Match': match } }), 412, 'version_mismatch');
  assert.equal((await seen(call)).status, 'open');
  expectStatus(await ack(tokens.waiter, call, { headers: { 'If-Match': '"1"' } }), 200);
  expectProblem(await ack(tokens.manager, call, { headers: { 'If-Match': '"1"' } }), 412, 'version_mismatch');
  expectStatus(await ack(tokens.manager, call, { headers: { 'If-Match': '"2"' } }), 200);
});

test('a body is {} or none', async () => {
  expectStatus(await ack(tokens.waiter, await asked(asha.token), { body: {} }), 200);
  const call = await asked(asha.token);
  expectProblem(await ack(tokens.waiter, call, { body: { acknowledged_by: ids.owner } }), 422, 'validation_failed', ['/acknowledged_by']);
  expectProblem(await ack(tokens.waiter, call, { body: '[]' }), 422, 'validation_failed');
  assert.equal((await seen(call)).status, 'open');
});

test('a session that moves and an acknowledgement do not wait for each other', async () => {
  const call = await asked(asha.token);
  const answer = await overtaken(stack, `SELECT FROM sessions WHERE id = '${asha.session.id}' FOR UPDATE`, () => ack(tokens.waiter, call),
    `SELECT FROM service_calls WHERE id = '${call.id}' FOR UPDATE NOWAIT`);
  assert.equal(expectStatus(answer, 200).json.status, 'acknowledged');
});

test('what is not there cannot be acknowledged', async () => {
  const darios = await asked(dario.token);
  const answers = [];
  for (const id of [darios.id, darios.id.toUpperCase(), randomUUID(), asha.session.id]) {
    const { request_id: ignored, ...problem } = expectProblem(await ack(tokens.owner, id), 404, 'not_found');
    answers.push(problem);
  }
  for (const answer of answers) assert.deepEqual(answer, answers[0]);
  expectProblem(await ack(tokens.owner, '7'), 404, 'not_found');
  assert.equal(stack.sqlValue(`SELECT acknowledged_at IS NULL AND version = 1 FROM service_calls WHERE id = '${darios.id}'`), 't');
  const call = await asked(asha.token);
  assert.equal(expectStatus(await ack(tokens.waiter, call.id.toUpperCase()), 200).json.id, call.id);
});

// ---- Waiting

test('how long a guest waited', async () => {
  const call = await asked(asha.token);
  stack.sql(`UPDATE service_calls SET created_at = now() - interval '100 seconds' WHERE id = '${call.id}'`);
  const waiting = (await seen(call)).waited_seconds;
  assert.ok(waiting >= 100 && waiting < 100 + 5 * patience, String(waiting));
  const done = expectStatus(await ack(tokens.waiter, call), 200).json;
  // Of microseconds, where the answer shows milliseconds.
  const exact = (Date.parse(done.acknowledged_at) - Date.parse(done.created_at)) / 1000;
  assert.ok(Math.abs(done.waited_seconds + 0.5 - exact) <= 0.501, `${done.waited_seconds}, ${exact}`);
  await sleep(2100);
  assert.equal((await seen(call)).waited_seconds, done.waited_seconds, 'it ends with the acknowledgement');
  const fresh = await asked(asha.token);
  await sleep(1100);
  const waited = (await seen(fresh)).waited_seconds;
  assert.ok(waited >= 1 && waited < 5 * patience, String(waited));
});

test('a call made after its reader\'s transaction began has waited 0 seconds', async () => {
  const call = await asked(asha.token);
  stack.sql(`UPDATE service_calls SET created_at = now() + interval '1 minute' WHERE id = '${call.id}'`);
  assert.equal((await seen(call)).waited_seconds, 0);
  expectStatus(await ack(tokens.waiter, call), 200);
});

// ---- The session's activity

test('asking and acknowledging stand in the session\'s activity', async () => {
  const guest = await openSession(stack, 6, { name: 'Esha' });
  for (const kind of KINDS) await asked(guest.token, { kind, message: 'secret' });
  const call = await asked(guest.token);
  expectStatus(await ack(tokens.cashier, call), 200);
  expectStatus(await ack(tokens.manager, call), 200);
  const { data } = expectStatus(await get(stack, `/api/sessions/${guest.session.id}/activity`, { token: tokens.waiter }), 200).json;
  const rows = data.filter((a) => a.action.startsWith('service_call'));
  assert.deepEqual(rows.map((a) => [a.action, a.actor_role, a.actor_id, a.details.kind]), [
    ...[...KINDS, 'call'].map((kind) => ['service_called', 'diner', guest.diner.id, kind]),
    ['service_call_acknowledged', 'cashier', ids.cashier, undefined]]);
  assert.equal(rows[0].actor_name, 'Esha');
});

// ---- Keys

test('asking again with the same key', async () => {
  const key = newKey();
  const first = expectStatus(await ask(asha.token, { kind: 'bill' }, { key }), 201);
  const before = count();
  const again = expectStatus(await ask(asha.token, { kind: 'bill' }, { key }), 201);
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  assert.equal(first.headers.get('idempotent-replayed'), null);
  assert.equal(again.text, first.text);
  assert.equal(again.headers.get('etag'), first.headers.get('etag'));
  expectProblem(await ask(asha.token, { kind: 'water' }, { key }), 422, 'idempotency_key_reused');
  assert.equal(count(), before);
  const belas = expectStatus(await ask(bela.token, { kind: 'bill' }, { key }), 201);
  assert.notEqual(belas.json.id, first.json.id, 'a key is its caller\'s');
  assert.equal(count(), before + 1);
});

test('one key at once: one call', async () => {
  const key = newKey(), before = count();
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(asha.token, { kind: 'bill' }, { key })));
  for (const answer of answers) if (answer.status !== 201) expectProblem(answer, 409, 'idempotency_in_progress');
  const made = answers.filter((a) => a.status === 201);
  assert.ok(made.length >= 1);
  assert.equal(new Set(made.map((a) => a.text)).size, 1);
  assert.equal(made.filter((a) => a.headers.get('idempotent-replayed') === null).length, 1);
  assert.equal(count(), before + 1);
});

test('thirty calls at once', async () => {
  const before = count();
  const made = await Promise.all(Array.from({ length: 30 }, (_, i) => asked([asha, bela, chitra][i % 3].token, { kind: KINDS[i % 4] })));
  assert.equal(new Set(made.map((c) => c.id)).size, 30);
  assert.equal(count(), before + 30);
});
