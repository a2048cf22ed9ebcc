// Tables' sessions from the QR code to the end: opening, joining by PIN, its
// lock, lists, versions, closing beside orders, replays.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { expectStatus, get, joinSession, lineOf, newKey, openSession, post, put, readMenu, tokenOf } from './lib/client.mjs';
import { startStack } from './lib/stack.mjs';
import { patience } from './lib/until.mjs';

// The time of each commit shows which of two changes was first.
process.env.ORDERZAP_CLUSTER_OPTIONS = 'fsync = off\ntrack_commit_timestamp = on';

const slug = 'spice-garden', staffSlug = 'caffe-lungarno';
const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

let stack, waiter, manager, anOrder;
before(async () => {
  stack = await startStack({ settings: { PIN_LOCK_SECONDS: 1 } });
  waiter = await tokenOf(stack, 'waiter');
  manager = await tokenOf(stack, 'manager');
  anOrder = { order_type: 'dine_in', items: [lineOf((await readMenu(stack)).items.find((i) => i.is_available))] };
});
after(() => stack?.stop());

const table = (n, of = slug) => stack.restaurant(of).tables[n];
const open = (code, options = {}) =>
  post(stack, `/api/r/${options.slug ?? slug}/sessions`, { body: { code, display_name: 'Asha', ...options.body }, key: options.key });
const join = (code, pin, options = {}) =>
  post(stack, `/api/r/${options.slug ?? slug}/sessions/join`, { body: { code, pin, display_name: 'Bela', ...options.body }, key: options.key, from: options.from });
const welcome = (code) => get(stack, `/api/r/${slug}/tables/${code}`);
const wrongOf = (pin) => pin.replace(/\d$/, (d) => String((Number(d) + 1) % 10));
const row = (id, columns) => stack.sql(`SELECT ${columns} FROM sessions WHERE id = '${id}'`)[0];
const tries = (id) => stack.sql(`SELECT failures, coalesce(ceil(extract(epoch FROM refused_until - now())), 0) FROM door_addresses WHERE door_id = '${id}' AND failures > 0`).map((r) => r.map(Number));
const setTries = (id, set) => stack.sql(`UPDATE door_addresses SET ${set} WHERE door_id = '${id}'`);
const order = (token) => post(stack, '/api/orders', { token, key: newKey(), body: anOrder });

/** Ends whatever is open, so that a test can take any table. */
function clear(n, of = slug) {
  stack.sql(`UPDATE sessions SET status = 'closed', closed_at = now() WHERE status = 'active' AND table_id = '${table(n, of).id}'`);
}

async function opened(n, name = 'Asha') {
  clear(n);
  return openSession(stack, n, { name });
}

function assertProblem(answer, status, code, what = '') {
  assert.equal(answer.status, status, `${what} ${answer.status} ${answer.text}`);
  assert.equal(answer.json.code, code, `${what} ${answer.text}`);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  assert.equal(answer.json.status, status);
  assert.equal(answer.json.request_id, answer.headers.get('x-request-id'));
}

/** Sets columns of a restaurant while doing something. */
async function withRestaurant(set, unset, doing, of = slug) {
  stack.sql(`UPDATE restaurants SET ${set} WHERE slug = '${of}'`);
  try {
    return await doing();
  } finally {
    stack.sql(`UPDATE restaurants SET ${unset} WHERE slug = '${of}'`);
  }
}

// ---- Opening

test('opening by QR code', async () => {
  clear(0);
  const { id, name, code } = table(0);
  const started = Date.now();
  const answer = expectStatus(await open(code), 201);
  assert.deepEqual(Object.keys(answer.json).sort(), ['diner', 'pin', 'session', 'token']);
  const { session, diner, pin, token } = answer.json;
  assert.match(session.id, uuid7);
  assert.equal(session.restaurant_id, stack.restaurant().id);
  assert.equal(session.table_id, id);
  assert.equal(session.table_name, name);
  assert.equal(session.status, 'active');
  assert.equal(session.opened_by, 'diner');
  assert.equal(session.closed_at, null);
  assert.equal(session.version, 1);
  for (const field of ['created_at', 'updated_at', 'expires_at']) assert.match(session[field], time);
  assert.equal(Date.parse(session.expires_at) - Date.parse(session.created_at), 180 * 60000);
  assert.ok(Math.abs(Date.parse(session.created_at) - started) < 5000 * patience);
  assert.deepEqual(session.diners.map((d) => [d.id, d.display_name]), [[diner.id, 'Asha']]);
  assert.match(diner.id, uuid7);
  assert.equal(diner.session_id, session.id);
  assert.equal(diner.display_name, 'Asha');
  assert.match(pin, /^\d{4}$/);
  assert.equal(token.split('.').length, 3);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  const seen = expectStatus(await welcome(code), 200).json;
  assert.deepEqual(Object.keys(seen.session).sort(), ['active', 'expires_at', 'overdue']);
  assert.deepEqual(seen.session, { active: true, overdue: false, expires_at: session.expires_at });
  assert.ok(!JSON.stringify(seen).includes(session.id), 'the code alone tells nothing of the session');
});

test('a second opening', async () => {
  const { code, session } = await opened(0);
  assertProblem(await open(code), 409, 'session_active');
  assertProblem(await open(code, { body: { display_name: 'Eve' } }), 409, 'session_active');
  assert.equal(stack.sqlValue(`SELECT count(*) FROM users WHERE session_id = '${session.id}'`), '1');
});

test('the PIN is as long as the restaurant wants it', async () => {
  for (const length of [6, 8, 5, 4]) {
    await withRestaurant(`pin_length = ${length}`, 'pin_length = 4', async () => {
      const { pin, code } = await opened(1);
      assert.match(pin, new RegExp(`^\\d{${length}}$`));
      assert.equal((await welcome(code)).json.restaurant.pin_length, length);
      await joinSession(stack, code, pin);
      if (length > 4) assertProblem(await join(code, pin.slice(0, 4)), 401, 'wrong_pin');
    });
  }
});

test('a session lasts as long as the restaurant wants it', async () => {
  await withRestaurant('session_expiry_minutes = 45', 'session_expiry_minutes = 180', async () => {
    const { session } = await opened(1);
    assert.equal(Date.parse(session.expires_at) - Date.parse(session.created_at), 45 * 60000);
  });
});

test('PINs differ', async () => {
  const pins = new Set();
  for (let i = 0; i < 12; i++) pins.add((await opened(1)).pin);
  assert.ok(pins.size >= 8, [...pins].join(' '));
});

test('twenty openings at once', async () => {
  for (let round = 0; round < 3; round++) {
    clear(2);
    const { code } = table(2);
    const answers = await Promise.all(Array.from({ length: 20 }, () => open(code)));
    assert.deepEqual(answers.map((a) => a.status).sort(), [201, ...Array(19).fill(409)]);
    for (const answer of answers) if (answer.status === 409) assertProblem(answer, 409, 'session_active');
    const { session } = answers.find((a) => a.status === 201).json;
    assert.deepEqual(stack.sql(`SELECT id FROM sessions WHERE status = 'active' AND table_id = '${table(2).id}'`), [[session.id]]);
    assert.equal(stack.sqlValue(`SELECT count(*) FROM users WHERE session_id = '${session.id}'`), '1');
  }
});

test('opened by guest and staff at once', async () => {
  for (let round = 0; round < 5; round++) {
    clear(2);
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => (i % 2
      ? open(table(2).code) : post(stack, `/api/tables/${table(2).id}/session`, { token: waiter }))));
    assert.deepEqual(answers.map((a) => a.status).sort(), [201, ...Array(9).fill(409)]);
  }
});

test('where staff open the sessions', async () => {
  clear(0, staffSlug);
  const { id, code } = table(0, staffSlug);
  assertProblem(await open(code, { slug: staffSlug }), 403, 'staff_opens_sessions');
  const token = await tokenOf(stack, 'waiter', staffSlug);
  const answer = expectStatus(await post(stack, `/api/tables/${id}/session`, { token }), 201);
  assert.deepEqual(Object.keys(answer.json).sort(), ['pin', 'session']);
  const { session, pin } = answer.json;
  assert.match(pin, /^\d{4}$/);
  assert.equal(session.table_id, id);
  assert.equal(session.opened_by, 'staff');
  assert.equal(session.status, 'active');
  assert.deepEqual(session.diners, []);
  assert.equal(answer.headers.get('location'), `/api/sessions/${session.id}`);
  assert.equal(answer.headers.get('etag'), '"1"');
  assert.deepEqual((await get(stack, answer.headers.get('location'), { token })).json, session);
  assertProblem(await post(stack, `/api/tables/${id}/session`, { token }), 409, 'session_active');
  assertProblem(await open(code, { slug: staffSlug }), 403, 'staff_opens_sessions', 'while one is open');
  const joined = await joinSession(stack, code, pin, { slug: staffSlug });
  assert.equal(joined.session.id, session.id);
  assert.equal((await get(stack, '/api/sessions/current', { token: joined.token })).json.id, session.id);
});

test('staff may open one where guests may, too', async () => {
  clear(3);
  for (const bad of [{ pin: '1234' }, { table_id: table(3).id }]) {
    const answer = await post(stack, `/api/tables/${table(3).id}/session`, { token: waiter, body: bad });
    assertProblem(answer, 422, 'validation_failed');
    assert.equal(answer.json.errors[0].code, 'unknown_field');
  }
  const { session, pin } = expectStatus(await post(stack, `/api/tables/${table(3).id}/session`, { token: waiter, body: {} }), 201).json;
  assert.equal((await joinSession(stack, table(3).code, pin)).session.id, session.id);
  for (const id of [randomUUID(), table(0, staffSlug).id])
    assertProblem(await post(stack, `/api/tables/${id}/session`, { token: waiter }), 404, 'not_found');
});

test('a closed restaurant', async () => {
  clear(3);
  await withRestaurant('is_open = false', 'is_open = true', async () => {
    assertProblem(await open(table(3).code), 409, 'restaurant_closed');
    assert.equal((await welcome(table(3).code)).json.restaurant.is_open, false);
  });
  expectStatus(await open(table(3).code), 201);
});

test('unknown codes and restaurants', async () => {
  const { code } = table(4);
  for (const wrong of ['nocodeofours', randomUUID(), code.slice(0, -1), `${code}x`, code.toLowerCase() === code ? code.toUpperCase() : code.toLowerCase(), table(0, staffSlug).code, '%', '_'.repeat(code.length)]) {
    assertProblem(await open(wrong), 404, 'not_found', wrong);
    assertProblem(await join(wrong, '1234'), 404, 'not_found', wrong);
    assertProblem(await welcome(encodeURIComponent(wrong)), 404, 'not_found', wrong);
  }
  for (const nowhere of ['nowhere', 'Spice-Garden', 'x'.repeat(300), '018cc251-f400-7100-8000-000000000001']) {
    assertProblem(await open(code, { slug: nowhere }), 404, 'not_found', nowhere);
    assertProblem(await join(code, '1234', { slug: nowhere }), 404, 'not_found', nowhere);
    assertProblem(await get(stack, `/api/r/${nowhere}/tables/${code}`), 404, 'not_found', nowhere);
  }
});

test('a retired code', async () => {
  const { session, code, pin } = await opened(4);
  stack.sql(`UPDATE qr_codes SET retired_at = now() WHERE code = '${code}'`);
  try {
    assertProblem(await welcome(code), 410, 'qr_retired');
    assertProblem(await open(code), 410, 'qr_retired');
    assertProblem(await join(code, pin), 410, 'qr_retired');
    stack.sql(`INSERT INTO qr_codes (restaurant_id, id, table_id, code)
               VALUES ('${stack.restaurant().id}', gen_random_uuid(), '${table(4).id}', 'freshcode${code}')`);
    assert.equal((await joinSession(stack, `freshcode${code}`, pin)).session.id, session.id);
  } finally {
    stack.sql(`DELETE FROM qr_codes WHERE code = 'freshcode${code}'; UPDATE qr_codes SET retired_at = NULL WHERE code = '${code}'`);
  }
});

test('the code of a table that was removed', async () => {
  clear(4);
  stack.sql(`UPDATE tables SET deleted_at = now() WHERE id = '${table(4).id}'`);
  try {
    for (const answer of [await welcome(table(4).code), await open(table(4).code)]) assert.ok([404, 410].includes(answer.status), answer.text);
    assertProblem(await post(stack, `/api/tables/${table(4).id}/session`, { token: waiter }), 404, 'not_found');
  } finally {
    stack.sql(`UPDATE tables SET deleted_at = NULL WHERE id = '${table(4).id}'`);
  }
});

test('display names', async () => {
  const good = ['A', 'x'.repeat(60), 'Ñandú Õun', 'आशा', '李小龍', '\u{1f35b}'.repeat(60), 'عائشة', "O'Neil; DROP TABLE users; --", '<b>&amp;</b>',
    'a"\\/b', '%s%n', '0', 'null', '{}', 'e\u0301'];
  for (const name of good) {
    clear(5);
    const { diner, session } = expectStatus(await open(table(5).code, { body: { display_name: name } }), 201).json;
    assert.equal(diner.display_name, name);
    assert.equal(session.diners[0].display_name, name);
  }
  const { code, pin } = await opened(5);
  assert.equal((await joinSession(stack, code, pin, { name: '  Bela\t ' })).diner.display_name, 'Bela');
  const bad = [['', 'too_short'], ['   ', 'too_short'], ['\t\n', 'too_short'], ['x'.repeat(61), 'too_long'], ['\u{1f35b}'.repeat(61), 'too_long'],
    ['a\u0007b', 'invalid_format'], ['a\u001b[31m', 'invalid_format'], ['a\u007f', 'invalid_format'], ['\u0001', 'invalid_format'],
    [null, 'required'], [undefined, 'required'], [7, 'wrong_type'], [['x'], 'wrong_type'], [true, 'wrong_type']];
  const before = stack.sqlValue('SELECT count(*) FROM users');
  for (const [name, fault] of bad) {
    for (const answer of [await open(table(6).code, { body: { display_name: name } }), await join(code, pin, { body: { display_name: name } })]) {
      assertProblem(answer, 422, 'validation_failed', JSON.stringify(name));
      assert.deepEqual(answer.json.errors.map((e) => [e.field, e.code]), [['/display_name', fault]], JSON.stringify(name));
    }
  }
  for (const text of ['"a\\u0000b"', '"\\ud800"', '"\\udc00\\ud800"', '"a\u0001"']) {
    const answer = await post(stack, `/api/r/${slug}/sessions`, { body: `{"code":"${table(6).code}","display_name":${text}}` });
    assertProblem(answer, 400, 'invalid_json', text);
  }
  assert.equal(stack.sqlValue('SELECT count(*) FROM users'), before);
});

test('every fault of a body is reported at once', async () => {
  const answer = await post(stack, `/api/r/${slug}/sessions/join`, { body: { code: 7, name: 'x', session_id: randomUUID() } });
  assertProblem(answer, 422, 'validation_failed');
  assert.deepEqual(answer.json.errors.map((e) => `${e.field} ${e.code}`).sort(),
    ['/code wrong_type', '/display_name required', '/name unknown_field', '/pin required', '/session_id unknown_field']);
  for (const body of ['', '[]', 'null', '"x"', '{"code":"a","code":"b"}', '{']) {
    const refused = await post(stack, `/api/r/${slug}/sessions`, { body });
    assert.ok([400, 422].includes(refused.status), `${body}: ${refused.text}`);
  }
  assertProblem(await post(stack, `/api/r/${slug}/sessions`, { body: 'code=x', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }),
    415, 'unsupported_media_type');
});

// ---- Joining and the PIN's lock

test('joining', async () => {
  const asha = await opened(6);
  const answer = expectStatus(await join(asha.code, asha.pin), 200);
  assert.deepEqual(Object.keys(answer.json).sort(), ['diner', 'session', 'token']);
  const { session, diner } = answer.json;
  assert.equal(session.id, asha.session.id);
  assert.notEqual(diner.id, asha.diner.id);
  assert.deepEqual(session.diners.map((d) => d.display_name), ['Asha', 'Bela']);
  assert.equal(session.version, 1, 'who joins changes no version');
  assert.ok(!answer.text.includes(`"${asha.pin}"`));
  const twin = await joinSession(stack, asha.code, asha.pin);
  assert.notEqual(twin.diner.id, diner.id, 'a name is no identity');
});

test('joining where nothing is open', async () => {
  clear(6);
  assertProblem(await join(table(6).code, '1234'), 409, 'session_closed');
});

test('wrong PINs of every shape', async () => {
  const { code, pin, session } = await opened(6);
  const wrong = [wrongOf(pin), '', ' ', pin.slice(1), `${pin}0`, ` ${pin}`, `${pin} `, `${pin}\u0000`, pin.replace(/\d/g, (d) => String.fromCodePoint(0xff10 + Number(d))),
    Number(pin), [pin], null, { $ne: 1 }, 'x'.repeat(17)];
  for (const value of wrong) {
    const answer = await join(code, value);
    assert.ok([400, 401, 422].includes(answer.status), `${JSON.stringify(value)}: ${answer.text}`);
    if (answer.status === 401) {
      assertProblem(answer, 401, 'wrong_pin');
      assert.match(answer.headers.get('www-authenticate'), /^Bearer/);
    }
    setTries(session.id, 'failures = 0');
  }
  assert.equal((await joinSession(stack, code, pin)).session.id, session.id);
});

test('five wrong PINs from a network make it wait; the wait passes', async () => {
  const { code, pin, session } = await opened(7);
  const wrong = wrongOf(pin);
  for (let i = 1; i <= 4; i++) {
    assertProblem(await join(code, wrong), 401, 'wrong_pin');
    assert.deepEqual(tries(session.id), [[i, 0]]);
  }
  const locked = await join(code, wrong);
  assertProblem(locked, 429, 'pin_locked');
  assert.equal(locked.headers.get('retry-after'), '1');
  setTries(session.id, `refused_until = now() - interval '1 second'`);
  assert.equal((await joinSession(stack, code, pin)).session.id, session.id);
  assert.deepEqual(tries(session.id), []);
  assert.equal(row(session.id, 'version')[0], '1', 'wrong PINs change no version');
  assert.equal(stack.sqlValue(`SELECT count(*) FROM users WHERE session_id = '${session.id}'`), '2');
});

test('while a network waits, the right PIN is refused there as a wrong one is', async () => {
  const { code, pin, session, token } = await opened(7);
  await join(code, wrongOf(pin));
  setTries(session.id, `failures = 5, refused_until = now() + interval '10 minutes'`);
  const answers = [await join(code, pin), await join(code, wrongOf(pin)), await join(code, 'x'), await join(code, pin, { key: newKey() })];
  for (const answer of answers) {
    assertProblem(answer, 429, 'pin_locked');
    const after = Number(answer.headers.get('retry-after'));
    assert.ok(after > 500 && after <= 600, `Retry-After ${after}`);
  }
  assert.equal(tries(session.id)[0][0], 5, 'tries meanwhile are not counted');
  // Who is in stays in, other networks and other tables are let be.
  expectStatus(await get(stack, '/api/sessions/current', { token }), 200);
  expectStatus(await join(code, pin, { from: '127.0.0.2' }), 200);
  const other = await opened(8);
  await joinSession(stack, other.code, other.pin);
});

test('each further wait is twice as long, up to 15 minutes', async () => {
  const { code, pin, session } = await opened(7);
  for (let i = 0; i < 4; i++) assertProblem(await join(code, wrongOf(pin)), 401, 'wrong_pin');
  for (const seconds of [1, 2, 4, 8]) {
    const locked = await join(code, wrongOf(pin));
    assertProblem(locked, 429, 'pin_locked');
    assert.equal(locked.headers.get('retry-after'), String(seconds));
    const left = Number(stack.sqlValue(`SELECT extract(epoch FROM refused_until - pg_xact_commit_timestamp(xmin)) FROM door_addresses WHERE door_id = '${session.id}'`));
    assert.ok(left > seconds - 1 && left <= seconds, `${left} s`);
    setTries(session.id, `refused_until = now() - interval '1 second'`);
  }
  setTries(session.id, 'failures = 499');
  assert.equal((await join(code, wrongOf(pin))).headers.get('retry-after'), '900');
});

test('the right PIN in between starts the count again', async () => {
  const { code, pin } = await opened(7);
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 4; i++) assertProblem(await join(code, wrongOf(pin)), 401, 'wrong_pin');
    await joinSession(stack, code, pin);
  }
});

test('staff end a wait by a new PIN', async () => {
  const { code, pin, session } = await opened(7);
  await join(code, wrongOf(pin));
  setTries(session.id, `failures = 5, refused_until = now() + interval '1 hour'`);
  assertProblem(await join(code, pin), 429, 'pin_locked');
  const fresh = expectStatus(await post(stack, `/api/sessions/${session.id}/pin`, { token: waiter }), 200).json;
  assert.equal((await joinSession(stack, code, fresh.pin)).session.id, session.id);
  assert.deepEqual(tries(session.id), []);
});

test('a stranger who knows the table\'s code does not keep its guests out', async () => {
  const { code, pin, session } = await opened(7);
  const strangers = Array.from({ length: 12 }, (_, i) => `127.0.1.${i}`);
  for (const from of strangers)
    for (let i = 0; i < 6; i++) assert.ok([401, 429].includes((await join(code, wrongOf(pin), { from })).status));
  // Where the session was opened, and where somebody joined it.
  assert.equal((await joinSession(stack, code, pin)).session.id, session.id);
  // Elsewhere after a wait, or with a new PIN.
  const early = await join(code, pin, { from: '127.0.0.2' });
  assertProblem(early, 429, 'pin_locked');
  assert.ok(Number(early.headers.get('retry-after')) >= 12 * 180 - 1, early.headers.get('retry-after'));
  const fresh = expectStatus(await post(stack, `/api/sessions/${session.id}/pin`, { token: waiter }), 200).json;
  expectStatus(await join(code, fresh.pin, { from: '127.0.0.2' }), 200);
  assert.equal((await joinSession(stack, code, fresh.pin)).session.id, session.id);
});

test('PINs guessed from many networks are few all together', async () => {
  const { code, pin, session } = await opened(7);
  const strangers = Array.from({ length: 40 }, (_, i) => `127.0.1.${i}`);
  for (let round = 0; round < 3; round++) for (const from of strangers) await join(code, wrongOf(pin), { from });
  // Five are judged beside one another, twice; then each waits for its turn.
  assert.equal(tries(session.id).reduce((sum, [n]) => sum + n, 0), 10);
});

test('fifty wrong PINs at once', async () => {
  for (let round = 0; round < 3; round++) {
    const { code, pin, session } = await opened(8);
    const start = performance.now();
    const answers = await Promise.all(Array.from({ length: 50 }, () => join(code, wrongOf(pin))));
    let most = 5; // and one more after each wait that has ended
    for (let wait = 1, left = (performance.now() - start) / 1000 - wait; left > 0; wait *= 2, left -= wait) most++;
    const [[failures]] = tries(session.id);
    const wrong = answers.filter((a) => a.status === 401), locked = answers.filter((a) => a.status === 429);
    assert.equal(wrong.length + locked.length, 50, answers.map((a) => a.status).join(' '));
    for (const answer of wrong) assertProblem(answer, 401, 'wrong_pin');
    for (const answer of locked) assertProblem(answer, 429, 'pin_locked');
    assert.equal(wrong.length, 4);
    assert.ok(failures >= 5 && failures <= most, `${failures} counted`);
  }
});

test('wrong PINs are counted whatever else the request says', async () => {
  const { code, pin, session } = await opened(8);
  const key = newKey();
  for (let i = 0; i < 4; i++) assertProblem(await join(code, wrongOf(pin), { key }), 401, 'wrong_pin');
  assert.deepEqual(tries(session.id), [[4, 0]]);
  assertProblem(await join(code, wrongOf(pin), { key }), 429, 'pin_locked');
});

// ---- The PIN is nowhere

/** The columns that hold text or bytes in which the text is found. */
function columnsWith(text) {
  const columns = stack.sql(`SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c
    JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
      AND c.data_type IN ('text', 'character varying', 'character', 'bytea', 'json', 'jsonb', 'ARRAY')`);
  assert.ok(columns.length > 60);
  return stack.sql(columns.map(([name, column, type]) => {
    const value = type === 'bytea' ? `encode("${column}", 'escape')` : `"${column}"::text`;
    return `SELECT '${name}.${column}' WHERE EXISTS (SELECT FROM "${name}" WHERE position('${text}' in ${value}) > 0)`;
  }).join(' UNION ALL ')).flat();
}

/** BLAKE2b-256 without a key (RFC 7693), as libsodium's crypto_generichash. */
function blake2b256(bytes) {
  const mask = (1n << 64n) - 1n;
  const iv = [0x6a09e667f3bcc908n, 0xbb67ae8584caa73bn, 0x3c6ef372fe94f82bn, 0xa54ff53a5f1d36f1n,
    0x510e527fade682d1n, 0x9b05688c2b3e6c1fn, 0x1f83d9abfb41bd6bn, 0x5be0cd19137e2179n];
  const sigma = ['0123456789abcdef', 'ea489fd61c02b753', 'b8c052fdae367194', '7931dcbe265a40f8', '905724afe1bc683d',
    '2c6a0b834d75fe19', 'c51fed4a0763928b', 'db7ec13950f4862a', '6fe9b308c2d714a5', 'a2847615fb9e3cd0'];
  const state = [...iv];
  state[0] ^= 0x01010000n ^ 32n;
  const rotate = (x, n) => ((x >> n) | (x << (64n - n))) & mask;
  const blocks = Math.max(1, Math.ceil(bytes.length / 128));
  for (let b = 0; b < blocks; b++) {
    const block = Buffer.alloc(128), last = b === blocks - 1;
    bytes.copy(block, 0, b * 128);
    const m = Array.from({ length: 16 }, (_, i) => block.readBigUInt64LE(8 * i));
    const v = [...state, ...iv];
    v[12] ^= BigInt(last ? bytes.length : 128 * (b + 1));
    if (last) v[14] ^= mask;
    const mix = (a, e, c, d, x, y) => {
      v[a] = (v[a] + v[e] + x) & mask; v[d] = rotate(v[d] ^ v[a], 32n);
      v[c] = (v[c] + v[d]) & mask; v[e] = rotate(v[e] ^ v[c], 24n);
      v[a] = (v[a] + v[e] + y) & mask; v[d] = rotate(v[d] ^ v[a], 16n);
      v[c] = (v[c] + v[d]) & mask; v[e] = rotate(v[e] ^ v[c], 63n);
    };
    for (let round = 0; round < 12; round++) {
      const s = [...sigma[round % 10]].map((digit) => m[parseInt(digit, 16)]);
      mix(0, 4, 8, 12, s[0], s[1]); mix(1, 5, 9, 13, s[2], s[3]); mix(2, 6, 10, 14, s[4], s[5]); mix(3, 7, 11, 15, s[6], s[7]);
      mix(0, 5, 10, 15, s[8], s[9]); mix(1, 6, 11, 12, s[10], s[11]); mix(2, 7, 8, 13, s[12], s[13]); mix(3, 4, 9, 14, s[14], s[15]);
    }
    for (let i = 0; i < 8; i++) state[i] ^= v[i] ^ v[i + 8];
  }
  const out = Buffer.alloc(32);
  for (let i = 0; i < 4; i++) out.writeBigUInt64LE(state[i], 8 * i);
  return out.toString('hex');
}

test('no PIN and no token is stored in clear', async () => {
  await withRestaurant('pin_length = 8', 'pin_length = 4', async () => {
    clear(9);
    const name = `Zoe${randomUUID().slice(0, 8)}`;
    const { code, id } = table(9);
    const first = expectStatus(await open(code, { key: newKey(), body: { display_name: name } }), 201).json;
    const joined = expectStatus(await join(code, first.pin, { key: newKey(), body: { display_name: name } }), 200).json;
    const second = expectStatus(await post(stack, `/api/sessions/${first.session.id}/pin`, { token: waiter, key: newKey() }), 200).json;
    expectStatus(await post(stack, `/api/sessions/${first.session.id}/close`, { token: waiter, key: newKey() }), 200);
    const third = expectStatus(await post(stack, `/api/tables/${id}/session`, { token: waiter, key: newKey() }), 201).json;
    assert.deepEqual(columnsWith(name).sort(), ['idempotency_keys.answer', 'users.display_name'], 'the search must find what is there');
    for (const secret of [first.pin, second.pin, third.pin, first.token, joined.token, first.token.split('.')[2], joined.token.split('.')[2]])
      assert.deepEqual(columnsWith(secret), [], secret);
  });
});

test('what is stored lets nobody find the PIN by trying', async () => {
  assert.equal(blake2b256(Buffer.from('abc')), 'bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319');
  const { code, pin } = await opened(9);
  const body = JSON.stringify({ code, pin, display_name: 'Bela' });
  const path = `/api/r/${slug}/sessions/join`;
  const key = newKey();
  expectStatus(await post(stack, path, { body, key }), 200);
  // All of it but the PIN is in the database, in the clear.
  const stored = stack.sqlValue(`SELECT request_hash FROM idempotency_keys WHERE key = '${key}'`);
  assert.notEqual(stored, blake2b256(Buffer.from(`POST\0${path}\0${body}`)), 'request_hash is a hash without a key of a body with the PIN');
});

// ---- Expiry

test('an expired session', async () => {
  const asha = await opened(10);
  const { code, pin, session, token } = asha;
  stack.sql(`UPDATE sessions SET expires_at = now() - interval '1 minute' WHERE id = '${session.id}'`);
  for (const answer of [await get(stack, '/api/sessions/current', { token }), await get(stack, '/api/orders', { token }), await order(token)])
    assertProblem(answer, 401, 'session_ended');
  assert.equal((await welcome(code)).json.session, null);
  assertProblem(await join(code, pin), 409, 'session_closed');
  const seen = expectStatus(await get(stack, `/api/sessions/${session.id}`, { token: waiter }), 200).json;
  assert.equal(seen.status, 'expired');
  assert.equal((await get(stack, `/api/tables/${table(10).id}`, { token: waiter })).json.session, null);
  assertProblem(await post(stack, '/api/orders', { token: waiter, body: { ...anOrder, session_id: session.id } }), 409, 'session_closed');
  const next = expectStatus(await open(code), 201).json;
  assert.notEqual(next.session.id, session.id);
  const [status, closed] = row(session.id, 'status, closed_at = expires_at');
  assert.deepEqual([status, closed], ['expired', 't']);
  assertProblem(await get(stack, '/api/sessions/current', { token }), 401, 'session_ended');
  assertProblem(await join(code, pin === next.pin ? wrongOf(pin) : pin), 401, 'wrong_pin');
});

test('an expired session makes way for twenty at once', async () => {
  const { session, code } = await opened(10);
  stack.sql(`UPDATE sessions SET expires_at = now() - interval '1 minute' WHERE id = '${session.id}'`);
  const answers = await Promise.all(Array.from({ length: 20 }, () => open(code)));
  assert.deepEqual(answers.map((a) => a.status).sort(), [201, ...Array(19).fill(409)]);
  assert.equal(row(session.id, 'status')[0], 'expired');
});

test('an expired session gets no new PIN', async () => {
  const { session } = await opened(10);
  stack.sql(`UPDATE sessions SET expires_at = now() - interval '1 minute' WHERE id = '${session.id}'`);
  assertProblem(await post(stack, `/api/sessions/${session.id}/pin`, { token: waiter }), 409, 'session_closed');
});

// ---- Reading

test('the diner\'s own session', async () => {
  const asha = await opened(0);
  const bela = await joinSession(stack, asha.code, asha.pin);
  const first = expectStatus(await order(asha.token), 201).json, second = expectStatus(await order(bela.token), 201).json;
  const a = expectStatus(await get(stack, '/api/sessions/current', { token: asha.token }), 200);
  const b = expectStatus(await get(stack, '/api/sessions/current', { token: bela.token }), 200);
  assert.deepEqual(a.json, b.json);
  assert.deepEqual(a.json.orders, [first, second]);
  assert.deepEqual(a.json.diners.map((d) => d.id), [asha.diner.id, bela.diner.id]);
  const seen = expectStatus(await get(stack, `/api/sessions/${asha.session.id}`, { token: waiter }), 200);
  assert.equal(seen.headers.get('etag'), `"${seen.json.version}"`);
  for (const [name, value] of Object.entries(seen.json)) assert.deepEqual(a.json[name], value, name);
  for (const text of [a.text, seen.text]) assert.doesNotMatch(text, /pin|hash/);
});

test('one that does not exist', async () => {
  for (const id of [randomUUID(), '00000000-0000-0000-0000-000000000000', 'x', '1', `${randomUUID()}0`, '%7bid%7d'])
    assertProblem(await get(stack, `/api/sessions/${id}`, { token: waiter }), 404, 'not_found', id);
});

test('the list: newest first, by status, in pages', async () => {
  stack.sql(`UPDATE sessions SET status = 'closed', closed_at = now() WHERE status = 'active'`);
  const ids = [];
  for (let i = 0; i < 6; i++) ids.unshift((await opened(i)).session.id);
  const [active5, active4, closed3, stale2, stored1, active0] = ids;
  expectStatus(await post(stack, `/api/sessions/${closed3}/close`, { token: waiter }), 200);
  stack.sql(`UPDATE sessions SET expires_at = now() - interval '1 minute' WHERE id = '${stale2}';
             UPDATE sessions SET status = 'expired', closed_at = now() WHERE id = '${stored1}'`);
  const list = (query = '') => get(stack, `/api/sessions${query}`, { token: waiter });
  const idsOf = (answer) => expectStatus(answer, 200).json.data.map((s) => s.id);

  const all = expectStatus(await list('?limit=200'), 200).json;
  assert.deepEqual(Object.keys(all).sort(), ['data', 'next_cursor']);
  assert.equal(all.next_cursor, null);
  assert.equal(all.data.length, Number(stack.sqlValue(`SELECT count(*) FROM sessions WHERE restaurant_id = '${stack.restaurant().id}'`)));
  assert.deepEqual(all.data.slice(0, 6).map((s) => s.id), ids);
  assert.deepEqual(all.data.slice(0, 6).map((s) => s.status), ['active', 'active', 'closed', 'expired', 'expired', 'active']);
  for (const session of all.data) assert.equal(session.restaurant_id, stack.restaurant().id);
  assert.deepEqual(all.data[0], (await get(stack, `/api/sessions/${active5}`, { token: waiter })).json);

  assert.deepEqual(idsOf(await list('?status=active')), [active5, active4, active0]);
  const expired = idsOf(await list('?status=expired&limit=200'));
  assert.deepEqual(expired.slice(0, 2), [stale2, stored1]);
  const closed = idsOf(await list('?status=closed&limit=200'));
  assert.equal(closed[0], closed3);
  assert.equal(closed.length + expired.length + 3, all.data.length);

  for (const status of ['', 'active', 'closed', 'expired']) {
    const filter = status ? `&status=${status}` : '';
    const whole = idsOf(await list(`?limit=200${filter}`));
    for (const limit of [1, 2, 3, 7]) {
      const walked = [];
      let cursor = null, pages = 0;
      do {
        const page = expectStatus(await list(`?limit=${limit}${filter}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`), 200).json;
        assert.ok(page.data.length <= limit);
        assert.ok(page.next_cursor === null || page.data.length === limit, 'a page before another is full');
        walked.push(...page.data.map((s) => s.id));
        cursor = page.next_cursor;
      } while (cursor !== null && ++pages < 200);
      assert.deepEqual(walked, whole, `${limit} a page, ${status}`);
    }
  }
});

test('list parameters that are not allowed', async () => {
  for (const [query, field, code] of [['limit=0', 'limit', 'out_of_range'], ['limit=201', 'limit', 'out_of_range'], ['limit=-1', 'limit', 'out_of_range'],
    ['limit=x', 'limit', 'wrong_type'], ['limit=1.5', 'limit', 'wrong_type'], ['limit=', 'limit', 'wrong_type'], ['limit=99999999999999999999', 'limit', 'wrong_type'],
    ['status=open', 'status', 'invalid_choice'], ['status=', 'status', 'invalid_choice'], ['status=ACTIVE', 'status', 'invalid_choice'],
    ['cursor=x', 'cursor', 'invalid_format'], ['stauts=active', 'stauts', 'unknown_parameter'], ['limit=1&limit=2', 'limit', 'repeated']]) {
    const answer = await get(stack, `/api/sessions?${query}`, { token: waiter });
    assertProblem(answer, 422, 'validation_failed', query);
    assert.deepEqual(answer.json.errors.map((e) => [e.field, e.code]), [[field, code]], query);
  }
  const both = await get(stack, '/api/sessions?limit=0&status=x', { token: waiter });
  assert.deepEqual(both.json.errors.map((e) => e.field).sort(), ['limit', 'status']);
  assertProblem(await get(stack, '/api/sessions?limit=%zz', { token: waiter }), 400, 'invalid_query');
});

// ---- Closing, new PINs, versions

test('closing', async () => {
  const asha = await opened(1);
  const bela = await joinSession(stack, asha.code, asha.pin);
  const answer = expectStatus(await post(stack, `/api/sessions/${asha.session.id}/close`, { token: waiter }), 200);
  assert.equal(answer.json.id, asha.session.id);
  assert.equal(answer.json.status, 'closed');
  assert.match(answer.json.closed_at, time);
  assert.equal(answer.json.version, 2);
  assert.equal(answer.headers.get('etag'), '"2"');
  for (const { token } of [asha, bela])
    for (const refused of [await get(stack, '/api/sessions/current', { token }), await get(stack, '/api/orders', { token }), await order(token)])
      assertProblem(refused, 401, 'session_ended');
  assertProblem(await post(stack, `/api/sessions/${asha.session.id}/close`, { token: waiter }), 409, 'session_closed', 'twice');
  assertProblem(await post(stack, `/api/sessions/${asha.session.id}/close`, { token: manager, body: { force: true } }), 409, 'session_closed', 'by force');
  assertProblem(await post(stack, `/api/sessions/${asha.session.id}/pin`, { token: waiter }), 409, 'session_closed', 'a new PIN');
  assertProblem(await join(asha.code, asha.pin), 409, 'session_closed');
  assert.equal((await welcome(asha.code)).json.session, null);
  assert.equal(row(asha.session.id, 'version')[0], '2');
  const next = await openSession(stack, 1);
  assertProblem(await get(stack, '/api/sessions/current', { token: asha.token }), 401, 'session_ended', 'the next guests\' session');
  assert.notEqual(next.session.id, asha.session.id);
});

test('unpaid orders keep a session open', async () => {
  const { session, token } = await opened(1);
  const close = (by, body) => post(stack, `/api/sessions/${session.id}/close`, { token: by, body });
  const first = expectStatus(await order(token), 201).json;
  assertProblem(await close(waiter), 409, 'unpaid_orders');
  assertProblem(await close(waiter, { force: false }), 403, 'forbidden_field');
  for (const role of ['waiter', 'cashier']) {
    const refused = await close(await tokenOf(stack, role), { force: true });
    assertProblem(refused, 403, 'forbidden_field', role);
    assert.deepEqual(refused.json.errors.map((e) => [e.field, e.code]), [['/force', 'forbidden_field']]);
  }
  assertProblem(await close(manager), 409, 'unpaid_orders');
  assertProblem(await close(manager, { force: false }), 409, 'unpaid_orders');
  for (const body of [{ force: 1 }, { force: 'true' }, { froce: true }, { force: true, reason: 'x'.repeat(501) }])
    assertProblem(await close(manager, body), 422, 'validation_failed', JSON.stringify(body));
  expectStatus(await get(stack, '/api/sessions/current', { token }), 200);
  assert.equal(row(session.id, 'status')[0], 'active');
  // What was cancelled is not owed.
  expectStatus(await put(stack, `/api/orders/${first.id}`, { token, body: { status: 'cancelled' } }), 200);
  expectStatus(await close(waiter), 200);
});

test('a manager closes by force, and it is written down', async () => {
  for (const role of ['manager', 'owner']) {
    const { session, token } = await opened(1);
    await order(token);
    await order(token);
    const by = await tokenOf(stack, role);
    expectStatus(await post(stack, `/api/sessions/${session.id}/close`, { token: by, body: { force: true, reason: 'left' } }), 200);
    const [[actor, details]] = stack.sql(`SELECT actor_role, details FROM session_activity_log WHERE session_id = '${session.id}' AND action = 'session_closed'`);
    assert.equal(actor, role);
    assert.deepEqual(JSON.parse(details), { unpaid_orders: 2, reason: 'left' });
    assertProblem(await order(token), 401, 'session_ended');
  }
});

test('If-Match', async () => {
  const { session } = await opened(1);
  const act = (what, match) => post(stack, `/api/sessions/${session.id}/${what}`, { token: waiter, headers: { 'If-Match': match } });
  for (const what of ['pin', 'close'])
    for (const stale of ['"0"', '"2"', '"99"', 'W/"1"', '1', '"x"', '"1', '"11"']) assertProblem(await act(what, stale), 412, 'version_mismatch', `${what} ${stale}`);
  assert.deepEqual(row(session.id, 'status, version'), ['active', '1']);
  const pin = expectStatus(await act('pin', '"1"'), 200);
  assert.equal(pin.headers.get('etag'), '"2"');
  assertProblem(await act('pin', '"1"'), 412, 'version_mismatch');
  expectStatus(await act('pin', '"7", "2"'), 200);
  expectStatus(await act('pin', '*'), 200);
  assertProblem(await act('close', '"3"'), 412, 'version_mismatch');
  expectStatus(await act('close', '"4"'), 200);
  assert.deepEqual(row(session.id, 'status, version'), ['closed', '5']);
});

test('a new PIN', async () => {
  const { code, pin, session, token } = await opened(1);
  const answer = expectStatus(await post(stack, `/api/sessions/${session.id}/pin`, { token: waiter }), 200);
  assert.deepEqual(Object.keys(answer.json).sort(), ['pin', 'session']);
  assert.equal(answer.json.session.version, 2);
  assert.equal(answer.headers.get('etag'), '"2"');
  if (answer.json.pin !== pin) assertProblem(await join(code, pin), 401, 'wrong_pin');
  await joinSession(stack, code, answer.json.pin);
  expectStatus(await get(stack, '/api/sessions/current', { token }), 200);
  await withRestaurant('pin_length = 7', 'pin_length = 4', async () => {
    assert.match((await post(stack, `/api/sessions/${session.id}/pin`, { token: waiter })).json.pin, /^\d{7}$/);
  });
  assertProblem(await post(stack, `/api/sessions/${session.id}/pin`, { token: waiter, body: { pin: '1234' } }), 422, 'validation_failed');
});

test('what raises a session\'s version', async () => {
  const { code, pin, session, token } = await opened(1);
  const version = async () => (await get(stack, `/api/sessions/${session.id}`, { token: waiter })).json.version;
  assert.equal(await version(), 1);
  await join(code, wrongOf(pin));
  await join(code, pin);
  await order(token);
  assert.equal(await version(), 1);
  await post(stack, `/api/sessions/${session.id}/pin`, { token: waiter });
  assert.equal(await version(), 2);
  await post(stack, `/api/sessions/${session.id}/close`, { token: manager, body: { force: true } });
  assert.equal(await version(), 3);
});

test('no order slips in beside a closing', async (t) => {
  const seen = { closed: 0, unpaid: 0, placed: 0 };
  for (let round = 0; round < 20; round++) {
    const asha = await opened(11);
    const tokens = [asha.token, (await joinSession(stack, asha.code, asha.pin)).token, waiter];
    const force = round % 2 === 1;
    const place = (i) => (tokens[i % 3] === waiter
      ? post(stack, '/api/orders', { token: waiter, key: newKey(), body: { ...anOrder, session_id: asha.session.id } }) : order(tokens[i % 3]));
    const close = () => post(stack, `/api/sessions/${asha.session.id}/close`, force ? { token: manager, body: { force: true } } : { token: waiter });
    // Ten place three orders each, one after the other. By force, the closing comes when 1 + round are answered; without, beside the first ones.
    const answers = [];
    let closing = force ? undefined : sleep(2 + (round / 2) % 5).then(close);
    await Promise.all(Array.from({ length: 10 }, async (_, i) => {
      await sleep(2 + i);
      for (let k = 0; k < 3; k++) {
        answers.push(await place(i));
        if (force && answers.length === 1 + round) closing = close();
      }
    }));
    const closed = await closing;
    for (const answer of answers) {
      if (answer.status === 401) assertProblem(answer, 401, 'session_ended');
      else if (answer.status === 409) assertProblem(answer, 409, 'session_closed');
      else expectStatus(answer, 201);
    }
    const placed = answers.filter((a) => a.status === 201).map((a) => a.json.id);
    assert.deepEqual(stack.sql(`SELECT id FROM orders WHERE session_id = '${asha.session.id}' ORDER BY id`).flat(), placed.sort());
    seen.placed += placed.length;
    if (closed.status === 409) {
      assertProblem(closed, 409, 'unpaid_orders');
      assert.equal(placed.length, 30, 'a session that was not closed takes them all');
      seen.unpaid++;
      continue;
    }
    expectStatus(closed, 200);
    seen.closed++;
    if (!force) assert.equal(placed.length, 0, `round ${round}: closed with ${placed.length} unpaid orders`);
    assert.equal(stack.sqlValue(`SELECT count(*) FROM orders o JOIN sessions s ON s.id = o.session_id
      WHERE s.id = '${asha.session.id}' AND pg_xact_commit_timestamp(o.xmin) > pg_xact_commit_timestamp(s.xmin)`), '0',
    `round ${round}: an order was placed after the closing`);
    const told = JSON.parse(stack.sqlValue(`SELECT details FROM session_activity_log WHERE session_id = '${asha.session.id}' AND action = 'session_closed'`));
    assert.equal(told.unpaid_orders, placed.length);
  }
  t.diagnostic(`of 20 rounds of 30 orders: ${JSON.stringify(seen)}`);
});

test('closed once, however many close it', async () => {
  for (let round = 0; round < 5; round++) {
    const { session } = await opened(11);
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(stack, `/api/sessions/${session.id}/close`, { token: waiter })));
    assert.deepEqual(answers.map((a) => a.status).sort(), [200, ...Array(9).fill(409)]);
    assert.equal(stack.sqlValue(`SELECT count(*) FROM session_activity_log WHERE session_id = '${session.id}' AND action = 'session_closed'`), '1');
  }
});

test('joining beside a closing: nobody is in afterwards', async () => {
  for (let round = 0; round < 10; round++) {
    const { session, code, pin } = await opened(11);
    const [closed, ...joins] = await Promise.all([
      post(stack, `/api/sessions/${session.id}/close`, { token: waiter }), ...Array.from({ length: 10 }, () => join(code, pin))]);
    expectStatus(closed, 200);
    for (const answer of joins) {
      if (answer.status === 409) assertProblem(answer, 409, 'session_closed');
      else assertProblem(await get(stack, '/api/sessions/current', { token: expectStatus(answer, 200).json.token }), 401, 'session_ended');
    }
  }
});

// ---- The same request again

const storedOf = (key) => stack.sql(`SELECT status, is_sealed, answer, caller FROM idempotency_keys WHERE key = '${key}'`)[0];

function assertReplayed(first, again) {
  assert.equal(again.status, first.status, again.text);
  assert.equal(again.text, first.text);
  assert.equal(first.headers.get('idempotent-replayed'), null);
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  for (const name of ['location', 'etag', 'content-type', 'cache-control']) assert.equal(again.headers.get(name), first.headers.get(name), name);
  assert.notEqual(again.headers.get('x-request-id'), first.headers.get('x-request-id'));
}

const pinOf = (answer) => /"pin":"\d+"/.exec(answer.text)[0];

function assertSealed(key, ...secrets) {
  const [, sealed, answer] = storedOf(key);
  assert.equal(sealed, 't');
  for (const secret of secrets) {
    assert.ok(!answer.includes(secret));
    assert.ok(!Buffer.from(answer, 'base64').includes(secret), 'it is not just encoded');
  }
}

test('opening again with the same key', async () => {
  clear(2);
  const key = newKey(), { code } = table(2);
  const first = expectStatus(await open(code, { key }), 201);
  assertReplayed(first, await open(code, { key }));
  assertSealed(key, first.json.token, first.json.token.split('.')[2], pinOf(first), first.json.session.id);
  const other = await open(code, { key, body: { display_name: 'Eve' } });
  assertProblem(other, 422, 'idempotency_key_reused');
  assert.equal(other.headers.get('idempotent-replayed'), null);
  assert.ok(!other.text.includes(first.json.token));
  assertProblem(await join(code, first.json.pin, { key }), 422, 'idempotency_key_reused', 'another route');
  assertProblem(await open(code, { key: newKey() }), 409, 'session_active');
  assert.equal(stack.sqlValue(`SELECT count(*) FROM users WHERE session_id = '${first.json.session.id}'`), '1');
  expectStatus(await get(stack, '/api/sessions/current', { token: first.json.token }), 200);
});

test('joining again with the same key', async () => {
  const asha = await opened(2);
  const key = newKey();
  const first = expectStatus(await join(asha.code, asha.pin, { key }), 200);
  assertReplayed(first, await join(asha.code, asha.pin, { key }));
  assertSealed(key, first.json.token, first.json.token.split('.')[2]);
  assertProblem(await join(asha.code, wrongOf(asha.pin), { key }), 422, 'idempotency_key_reused');
  assert.equal(stack.sqlValue(`SELECT count(*) FROM users WHERE session_id = '${asha.session.id}'`), '2');
});

test('staff\'s opening, new PIN and closing again with the same key', async () => {
  clear(3);
  const keys = [newKey(), newKey(), newKey()];
  const path = `/api/tables/${table(3).id}/session`;
  const first = expectStatus(await post(stack, path, { token: waiter, key: keys[0] }), 201);
  assertReplayed(first, await post(stack, path, { token: waiter, key: keys[0] }));
  assertSealed(keys[0], pinOf(first), first.json.session.id);
  const id = first.json.session.id;
  const pin = expectStatus(await post(stack, `/api/sessions/${id}/pin`, { token: waiter, key: keys[1] }), 200);
  assertReplayed(pin, await post(stack, `/api/sessions/${id}/pin`, { token: waiter, key: keys[1] }));
  assertSealed(keys[1], pinOf(pin), id);
  assertProblem(await post(stack, `/api/sessions/${id}/pin`, { token: waiter, key: keys[0] }), 422, 'idempotency_key_reused');
  await joinSession(stack, table(3).code, pin.json.pin);
  // Another member of staff has keys of its own.
  expectStatus(await post(stack, `/api/sessions/${id}/pin`, { token: manager, key: keys[1] }), 200);
  const closed = expectStatus(await post(stack, `/api/sessions/${id}/close`, { token: waiter, key: keys[2] }), 200);
  assertReplayed(closed, await post(stack, `/api/sessions/${id}/close`, { token: waiter, key: keys[2] }));
  assertProblem(await post(stack, `/api/sessions/${id}/close`, { token: waiter, key: keys[2], body: { reason: 'x' } }), 422, 'idempotency_key_reused');
});

test('what failed is not replayed', async () => {
  const { session, code, pin } = await opened(3);
  const key = newKey();
  assertProblem(await open(code, { key }), 409, 'session_active');
  assertProblem(await join(code, wrongOf(pin), { key }), 401, 'wrong_pin');
  assert.equal(storedOf(key), undefined);
  expectStatus(await post(stack, `/api/sessions/${session.id}/close`, { token: waiter }), 200);
  const answer = expectStatus(await open(code, { key }), 201);
  assert.equal(answer.headers.get('idempotent-replayed'), null);
});

test('one key at once: one effect', async () => {
  for (let round = 0; round < 5; round++) {
    clear(4);
    const key = newKey(), { code } = table(4);
    const answers = await Promise.all(Array.from({ length: 10 }, () => open(code, { key })));
    const good = answers.filter((a) => a.status === 201);
    assert.equal(good.filter((a) => a.headers.get('idempotent-replayed') === null).length, 1);
    assert.equal(new Set(good.map((a) => a.text)).size, 1);
    for (const answer of answers) {
      if (answer.status === 201) continue;
      assertProblem(answer, 409, 'idempotency_in_progress');
      assert.ok(Number(answer.headers.get('retry-after')) >= 1);
    }
    assert.equal(stack.sqlValue(`SELECT count(*) FROM users WHERE session_id = '${good[0].json.session.id}'`), '1');
  }
});

test('a key lives 24 hours', async () => {
  const { session } = await opened(4);
  const key = newKey();
  const act = () => post(stack, `/api/sessions/${session.id}/pin`, { token: waiter, key });
  const first = expectStatus(await act(), 200);
  stack.sql(`UPDATE idempotency_keys SET created_at = now() - interval '23 hours 59 minutes' WHERE key = '${key}'`);
  assertReplayed(first, await act());
  stack.sql(`UPDATE idempotency_keys SET created_at = now() - interval '24 hours 1 minute' WHERE key = '${key}'`);
  const second = expectStatus(await act(), 200);
  assert.equal(second.headers.get('idempotent-replayed'), null);
  assert.equal(second.json.session.version, 3);
  assertReplayed(second, await act());
});

test('malformed keys', async () => {
  clear(4);
  for (const key of ['x'.repeat(256), 'a\tb', 'caf\u00e9']) assertProblem(await open(table(4).code, { key }), 400, 'invalid_idempotency_key', key);
  const key = `~ !"#$%&'()*+,-./:;<=>?@[]^_{|}`.padEnd(255, 'x');
  const first = expectStatus(await open(table(4).code, { key }), 201);
  assertReplayed(first, await open(table(4).code, { key }));
});

test('a replay needs its first caller to be still let in', async () => {
  const { session } = await opened(4);
  const key = newKey();
  const cashier = await tokenOf(stack, 'cashier');
  expectStatus(await post(stack, `/api/sessions/${session.id}/pin`, { token: cashier, key }), 200);
  assert.equal((await post(stack, '/api/auth/logout', { token: cashier })).status, 204);
  assertProblem(await post(stack, `/api/sessions/${session.id}/pin`, { token: cashier, key }), 401, 'token_ended');
});
