// The guests of a session as the staff see to them: one is sent away, one whose
// phone was lost comes back with a code.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { call, del, expectProblem, expectStatus, get, joinSession, lineOf, newKey, openSession, post, readMenu, tokenOf } from './lib/client.mjs';
import { hold } from './lib/hold.mjs';
import { shareStack } from './lib/shared.mjs';
import { until } from './lib/until.mjs';

const theirs = 'caffe-lungarno';
const CODE = /^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/;

let stack, waiter, manager, kitchen, item;
before(async () => {
  stack = await shareStack();
  stack.sql(`UPDATE restaurants SET session_opening = 'diner'`);
  [waiter, manager, kitchen] = await Promise.all(['waiter', 'manager', 'kitchen'].map((role) => tokenOf(stack, role)));
  item = (await readMenu(stack)).byName['Tandoori Roti'];
});
after(() => stack?.stop());

let addresses = 0;
/** Each asks from a network of its own, unless wrong tries are to be counted. */
const elsewhere = () => `127.0.9.${++addresses}`;
const place = (party, diner) => `/api/sessions/${party.session.id}/diners/${diner.id ?? diner}`;
const remove = (party, diner, options = {}) => del(stack, place(party, diner), { token: waiter, ...options });
const link = (party, diner, options = {}) => post(stack, `${place(party, diner)}/link`, { token: waiter, ...options });
const linked = async (party, diner) => expectStatus(await link(party, diner), 200).json.code;
const resume = (code, { slug, ...options } = {}) =>
  post(stack, `/api/r/${stack.restaurant(slug).slug}/sessions/resume`, { body: { code }, from: elsewhere(), ...options });
const current = (token) => get(stack, '/api/sessions/current', { token });
const order = (token) => post(stack, '/api/orders', { token, key: newKey(), body: { order_type: 'dine_in', items: [lineOf(item)] } });
const actions = (party) => stack.sql(`SELECT action, actor_role, details->>'diner_id' FROM session_activity_log
  WHERE session_id = '${party.session.id}' ORDER BY id`);
const join = (party, pin) => post(stack, `/api/r/${stack.slug}/sessions/join`, { body: { code: party.code, pin, display_name: 'Again' }, from: elsewhere() });

/** Asha and Bela at a table; nobody at the others. */
async function party(n = 0) {
  stack.sql(`UPDATE sessions SET status = 'closed', closed_at = now() WHERE status = 'active'`);
  const asha = await openSession(stack, n, { name: 'Asha' });
  const bela = await joinSession(stack, asha.code, asha.pin, { name: 'Bela' });
  return { ...asha, bela };
}

test('a guest is sent away: token and PIN end, the order stays', async () => {
  const p = await party();
  const theirOrder = expectStatus(await order(p.bela.token), 201).json;
  const before = expectStatus(await get(stack, `/api/sessions/${p.session.id}`, { token: waiter }), 200).json;
  const answer = expectStatus(await remove(p, p.bela.diner), 200);
  assert.deepEqual(Object.keys(answer.json).sort(), ['pin', 'session']);
  assert.deepEqual(answer.json.session.diners.map((d) => d.display_name), ['Asha']);
  assert.equal(answer.json.session.version, before.version + 1);
  assert.equal(answer.headers.get('etag'), `"${before.version + 1}"`);
  for (const asked of [await current(p.bela.token), await order(p.bela.token), await post(stack, '/api/events/ticket', { token: p.bela.token }),
    await get(stack, '/api/sync', { token: p.bela.token })]) expectProblem(asked, 401, 'session_ended');
  expectProblem(await post(stack, '/api/orders', { token: waiter, key: newKey(),
    body: { session_id: p.session.id, diner_id: p.bela.diner.id, items: [lineOf(item)] } }), 422, 'validation_failed', ['/diner_id']);
  expectStatus(await current(p.token), 200);
  if (answer.json.pin !== p.pin) expectProblem(await join(p, p.pin), 401, 'wrong_pin');
  expectStatus(await join(p, answer.json.pin), 200);
  const bill = expectStatus(await get(stack, `/api/sessions/${p.session.id}/bill`, { token: waiter }), 200).json;
  assert.deepEqual(bill.orders.map((o) => [o.id, o.diner_id, o.total_amount]), [[theirOrder.id, p.bela.diner.id, theirOrder.total_amount]]);
  assert.deepEqual(actions(p).filter(([action]) => action === 'diner_removed'), [['diner_removed', 'waiter', p.bela.diner.id]]);
});

test('a guest\'s name holds no card number', async () => {
  const p = await party();
  for (const [path, pin] of [['sessions', undefined], ['sessions/join', p.pin]])
    expectProblem(await post(stack, `/api/r/${stack.slug}/${path}`, { body: { code: p.code, pin, display_name: 'Asha 4111111111111111' }, from: elsewhere() }),
      422, 'card_number_rejected', ['/display_name']);
  assert.equal(stack.sqlValue(`SELECT count(*) FROM users WHERE session_id = '${p.session.id}'`), '2');
});

test('who was sent away and ordered nothing has no share', async () => {
  const p = await party();
  expectStatus(await order(p.token), 201);
  const shares = async () => expectStatus(await get(stack, `/api/sessions/${p.session.id}/bill?split=diner`, { token: waiter }), 200).json.shares
    .filter((share) => share.diner_id !== null).map((share) => share.diner_id);
  assert.deepEqual((await shares()).sort(), [p.diner.id, p.bela.diner.id].sort());
  expectStatus(await remove(p, p.bela.diner), 200);
  assert.deepEqual(await shares(), [p.diner.id]);
});

test('sending away: twice, with a key, with a version, who was never there', async () => {
  const p = await party();
  expectProblem(await remove(p, p.bela.diner, { headers: { 'If-Match': '"99"' } }), 412, 'version_mismatch');
  const key = newKey();
  const first = expectStatus(await remove(p, p.bela.diner, { key }), 200);
  const again = expectStatus(await remove(p, p.bela.diner, { key }), 200);
  assert.equal(again.text, first.text);
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  const kept = stack.sqlValue(`SELECT k::text FROM idempotency_keys k WHERE key = '${key}'`);
  assert.ok(!kept.includes(Buffer.from(`"pin":"${first.json.pin}"`).toString('hex')) && !kept.includes(`"pin":"${first.json.pin}"`), 'the PIN is kept open');
  expectProblem(await remove(p, p.bela.diner), 404, 'not_found');
  expectProblem(await remove(p, randomUUID()), 404, 'not_found');
  expectProblem(await link(p, p.bela.diner), 404, 'not_found');
  const other = await openSession(stack, 1);
  expectProblem(await remove(p, other.diner), 404, 'not_found');
  expectProblem(await link(p, other.diner), 404, 'not_found');
  expectStatus(await current(other.token), 200);
  expectProblem(await remove(p, p.diner, { token: kitchen }), 403, 'insufficient_role');
  expectProblem(await remove(p, p.diner, { token: p.token }), 403, 'insufficient_role');
  expectProblem(await link(p, p.diner, { token: p.token }), 403, 'insufficient_role');
});

test('sending away beside an order of the same guest: it is there or it is refused', async () => {
  for (let round = 0; round < 6; round++) {
    const p = await party();
    const [placed, removed] = await Promise.all([order(p.bela.token), remove(p, p.bela.diner)]);
    expectStatus(removed, 200);
    assert.ok([201, 401].includes(placed.status), placed.text);
    assert.equal(stack.sqlValue(`SELECT count(*) FROM orders WHERE session_id = '${p.session.id}'`), placed.status === 201 ? '1' : '0');
    expectProblem(await order(p.bela.token), 401, 'session_ended');
  }
});

test('a code lets a guest back in as who he was, and ends the old token', async () => {
  const p = await party();
  const own = expectStatus(await order(p.token), 201).json;
  const answer = expectStatus(await link(p, p.diner), 200);
  assert.match(answer.json.code, CODE);
  const left = (Date.parse(answer.json.expires_at) - Date.parse(answer.headers.get('date'))) / 1000;
  assert.ok(left > 590 && left <= 601, String(left));
  // Until it is used nothing changes.
  expectStatus(await current(p.token), 200);
  const back = expectStatus(await resume(answer.json.code), 200).json;
  assert.deepEqual(Object.keys(back).sort(), ['diner', 'session', 'token']);
  assert.deepEqual(back.diner, p.diner);
  assert.deepEqual(back.session.diners.map((d) => d.id), [p.diner.id, p.bela.diner.id]);
  expectProblem(await current(p.token), 401, 'session_ended');
  expectProblem(await order(p.token), 401, 'session_ended');
  assert.deepEqual(expectStatus(await current(back.token), 200).json.orders.map((o) => [o.id, o.diner_id]), [[own.id, p.diner.id]]);
  expectStatus(await order(back.token), 201);
  expectStatus(await post(stack, '/api/events/ticket', { token: back.token }), 200);
  expectStatus(await current(p.bela.token), 200);
  // There is one of her on the bill, too, with all that she had.
  const { shares } = expectStatus(await get(stack, `/api/sessions/${p.session.id}/bill?split=diner`, { token: waiter }), 200).json;
  assert.deepEqual(shares.map((s) => [s.diner_id, s.amount]), [[p.diner.id, 2 * own.total_amount], [p.bela.diner.id, 0]]);
  // A second loss: the token of the first return ends too.
  const twice = expectStatus(await resume(await linked(p, p.diner)), 200).json;
  expectProblem(await current(back.token), 401, 'session_ended');
  expectStatus(await current(twice.token), 200);
  assert.deepEqual(actions(p).filter(([action]) => /^diner_(link_made|resumed)$/.test(action)).map(([action, role]) => [action, role]),
    [['diner_link_made', 'waiter'], ['diner_resumed', 'diner'], ['diner_link_made', 'waiter'], ['diner_resumed', 'diner']]);
});

test('in a session past its time with something due, a code lets a guest back in to pay', async () => {
  const p = await party();
  expectStatus(await order(p.token), 201);
  stack.sql(`UPDATE sessions SET expires_at = now() - interval '1 minute' WHERE id = '${p.session.id}'`);
  const { token } = expectStatus(await resume(await linked(p, p.diner)), 200).json;
  assert.equal(expectStatus(await current(token), 200).json.overdue, true);
  expectProblem(await order(token), 409, 'session_overdue');
  // Nothing due: it is over.
  const q = await party(), code = await linked(q, q.diner);
  stack.sql(`UPDATE sessions SET expires_at = now() - interval '1 minute' WHERE id = '${q.session.id}'`);
  expectProblem(await resume(code), 409, 'session_closed');
});

test('a code is good once, for ten minutes, the newest one, at its restaurant', async () => {
  const p = await party();
  const used = await linked(p, p.diner);
  expectStatus(await resume(used), 200);
  expectProblem(await resume(used), 401, 'wrong_code');
  const old = await linked(p, p.diner), code = await linked(p, p.diner);
  expectProblem(await resume(old), 401, 'wrong_code');
  expectProblem(await resume(code, { slug: theirs }), 401, 'wrong_code');
  stack.sql(`UPDATE users SET link_expires_at = link_expires_at - interval '10 minutes' WHERE id = '${p.diner.id}'`);
  expectProblem(await resume(code), 401, 'wrong_code');
  const gone = await linked(p, p.bela.diner);
  expectStatus(await remove(p, p.bela.diner), 200);
  expectProblem(await resume(gone), 401, 'wrong_code');
  const closed = await linked(p, p.diner);
  expectStatus(await post(stack, `/api/sessions/${p.session.id}/close`, { token: manager, body: { force: true } }), 200);
  expectProblem(await resume(closed), 409, 'session_closed');
  expectProblem(await link(p, p.diner), 409, 'session_closed');
  expectProblem(await remove(p, p.diner), 409, 'session_closed');
});

test('a code is kept as a hash, and read as people type it', async () => {
  const p = await party();
  const code = await linked(p, p.diner), plain = code.replaceAll('-', '');
  assert.equal(stack.sqlValue(`SELECT count(*) FROM users u WHERE u::text LIKE '%${plain}%' OR u::text LIKE '%${code}%'`), '0');
  assert.equal(stack.sqlValue(`SELECT length(link_hash) FROM users WHERE id = '${p.diner.id}'`), '32');
  expectStatus(await resume(` ${plain.toLowerCase().replaceAll('1', 'l').replaceAll('0', 'o')} `.trim()), 200);
  for (const body of [{}, { code: '' }, { code: 7 }, { code: 'x'.repeat(65) }, { code: 'A', pin: '1' }])
    expectProblem(await post(stack, `/api/r/${stack.slug}/sessions/resume`, { body, from: elsewhere() }), 422, 'validation_failed');
  for (const wrong of ['A', '0000-0000-0000', `${code}0`, 'UUUU-UUUU-UUUU', "' OR true --"]) expectProblem(await resume(wrong), 401, 'wrong_code');
});

test('one code at once from many phones: one gets in', async () => {
  const p = await party();
  const code = await linked(p, p.diner);
  const answers = await Promise.all(Array.from({ length: 6 }, () => resume(code)));
  assert.deepEqual(answers.map((a) => a.status).sort(), [200, 401, 401, 401, 401, 401]);
  expectStatus(await current(answers.find((a) => a.status === 200).json.token), 200);
});

test('a code beside sending its guest away: nobody is in', async () => {
  const p = await party();
  const code = await linked(p, p.bela.diner);
  const held = await hold(stack, `SELECT FROM sessions WHERE id = '${p.session.id}' FOR UPDATE`);
  const removed = remove(p, p.bela.diner);
  await until('the removal waits', () => held.waiting() === 1);
  const back = resume(code);
  await until('the return waits', () => held.waiting() === 2);
  await held.end();
  expectStatus(await removed, 200);
  expectProblem(await back, 401, 'wrong_code');
});

test('wrong codes make their network wait, and no other', async () => {
  const p = await party();
  const code = await linked(p, p.diner), from = '127.0.10.7';
  let answer;
  for (let i = 0; i < 5; i++) answer = await resume('0000-0000-0000', { from });
  expectProblem(answer, 429, 'pin_locked');
  assert.ok(Number(answer.headers.get('retry-after')) > 0);
  expectProblem(await resume(code, { from }), 429, 'pin_locked');
  // Ten other networks guess; who has the code still gets in at once.
  for (let i = 0; i < 10; i++) expectProblem(await resume('0000-0000-0000'), 401, 'wrong_code');
  expectStatus(await resume(code), 200);
});

test('the answer is lost: the same key brings the guest in', async () => {
  const p = await party();
  const code = await linked(p, p.diner), key = newKey();
  const first = expectStatus(await resume(code, { key }), 200);
  const again = expectStatus(await resume(code, { key }), 200);
  assert.equal(again.text, first.text);
  expectStatus(await current(again.json.token), 200);
  const made = newKey(), one = expectStatus(await link(p, p.diner, { key: made }), 200), two = expectStatus(await link(p, p.diner, { key: made }), 200);
  assert.equal(two.text, one.text);
  assert.ok(!stack.sqlValue(`SELECT k::text FROM idempotency_keys k WHERE key = '${made}'`).includes(Buffer.from(one.json.code).toString('hex')));
});

test('a guest who came back goes with a merged session', async () => {
  const p = await party();
  const back = expectStatus(await resume(await linked(p, p.diner)), 200).json;
  const other = await openSession(stack, 1);
  expectStatus(await call(stack, 'POST', `/api/sessions/${p.session.id}/merge`, { token: waiter, body: { session_id: other.session.id } }), 200);
  assert.equal(expectStatus(await current(back.token), 200).json.id, other.session.id);
  expectProblem(await current(p.token), 401, 'session_ended');
});
