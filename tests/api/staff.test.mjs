// The staff's accounts: who makes, changes and removes whose; what ends their
// sign-ins; the last owner; one's own password.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { call, del, expectStatus, get, lineOf, newKey, openSession, post, readMenu, tokenOf } from './lib/client.mjs';
import { hold, overtaken } from './lib/hold.mjs';
import { shareStack } from './lib/shared.mjs';
import { until } from './lib/until.mjs';

const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const roles = ['kitchen', 'waiter', 'cashier', 'manager', 'owner'];
const password = 'a long enough one';

let stack, slug, otherSlug, owner, manager;
before(async () => {
  stack = await shareStack();
  ({ slug, otherSlug } = stack);
  owner = await tokenOf(stack, 'owner');
  manager = await tokenOf(stack, 'manager');
});
after(() => stack?.stop());

const patch = (path, options) => call(stack, 'PATCH', path, options);
const create = (body, options = {}) => post(stack, '/api/staff', { token: owner, body, ...options });
const change = (id, body, options = {}) => patch(`/api/staff/${id}`, { token: owner, body, ...options });
const remove = (id, options = {}) => del(stack, `/api/staff/${id}`, { token: owner, ...options });
const read = (id, token = owner) => get(stack, `/api/staff/${id}`, { token });
const login = (email, word = password, where = slug) => post(stack, '/api/auth/login', { body: { restaurant: where, email, password: word } });
const me = (pair) => get(stack, '/api/auth/me', { token: pair.access_token });
const refresh = (pair) => post(stack, '/api/auth/refresh', { body: { refresh_token: pair.refresh_token } });
const newEmail = () => `${randomUUID()}@spice-garden.example`;
const inRole = (role, where = slug) => stack.sqlValue(`SELECT s.id FROM staff s JOIN restaurants r ON r.id = s.restaurant_id
  WHERE r.slug = '${where}' AND s.role = '${role}' AND s.deleted_at IS NULL ORDER BY s.id LIMIT 1`);
const newPerson = (role = 'waiter', more = {}) => ({ email: newEmail(), display_name: 'Nia Newcomer', role, password, ...more });

/** A new member of staff: the account as the API shows it. */
const hire = async (role = 'waiter', more = {}) => expectStatus(await create(newPerson(role, more)), 201).json;
const signedIn = async (email, word = password, where = slug) => expectStatus(await login(email, word, where), 200).json;

function assertProblem(answer, status, code, what = '') {
  assert.equal(answer.status, status, `${what} ${answer.status} ${answer.text}`);
  assert.equal(answer.json.code, code, `${what} ${answer.text}`);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  assert.equal(answer.json.status, status);
}

/** A 422 that names these fields and no others. */
function assertFaults(answer, fields, what = '') {
  assertProblem(answer, 422, 'validation_failed', what);
  assert.deepEqual(answer.json.errors.map((e) => e.field).sort(), [...fields].sort(), `${what} ${answer.text}`);
}

const assertNoSecret = (answer) => assert.doesNotMatch(answer.text, /password|hash|argon2|failures|refused_until/i);

async function assertEnded(pair, what) {
  assertProblem(await me(pair), 401, 'token_ended', what);
  assertProblem(await refresh(pair), 401, 'invalid_refresh_token', what);
}

// ---- Lists and one

test('the list', async () => {
  const answer = expectStatus(await get(stack, '/api/staff', { token: owner }), 200);
  assert.deepEqual(Object.keys(answer.json).sort(), ['data', 'next_cursor']);
  const wanted = stack.sql(`SELECT id FROM staff WHERE restaurant_id = '${stack.restaurant().id}' AND deleted_at IS NULL ORDER BY id`).flat();
  assert.deepEqual(answer.json.data.map((s) => s.id), wanted);
  assert.equal(answer.json.next_cursor, null);
  assertNoSecret(answer);
  for (const account of stack.restaurant().accounts) assert.ok(answer.json.data.some((s) => s.email === account.email && s.role === account.role));
  for (const shown of answer.json.data) {
    const one = expectStatus(await read(shown.id), 200);
    assert.deepEqual(one.json, shown);
    assert.equal(one.headers.get('etag'), `"${shown.version}"`);
    assertNoSecret(one);
  }
  assert.deepEqual((await get(stack, '/api/staff', { token: manager })).json, answer.json, 'a manager sees the owners, too');
});

test('page by page', async () => {
  for (let i = 0; i < 3; i++) await hire();
  const all = (await get(stack, '/api/staff?limit=200', { token: owner })).json.data;
  for (const limit of [1, 2, 3, all.length - 1, all.length, 200]) {
    const seen = [];
    let cursor = '';
    do {
      const page = expectStatus(await get(stack, `/api/staff?limit=${limit}${cursor}`, { token: owner }), 200).json;
      assert.ok(page.data.length <= limit && page.data.length > 0);
      seen.push(...page.data);
      cursor = page.next_cursor === null ? null : `&cursor=${encodeURIComponent(page.next_cursor)}`;
    } while (cursor !== null);
    assert.deepEqual(seen, all, `limit ${limit}`);
  }
  for (const [query, field] of [['limit=0', 'limit'], ['limit=201', 'limit'], ['limit=x', 'limit'], ['limit=-1', 'limit'], ['cursor=x', 'cursor'], ['cursor=%27', 'cursor'], ['role=owner', 'role']])
    assertFaults(await get(stack, `/api/staff?${query}`, { token: owner }), [field], query);
});

// ---- Making

test('a new account', async () => {
  for (const role of roles) {
    const body = newPerson(role, { display_name: `  Núria ${role} ` });
    const answer = expectStatus(await create(body), 201);
    const { json } = answer;
    assert.match(json.id, uuid7);
    assert.equal(json.email, body.email);
    assert.equal(json.display_name, `Núria ${role}`);
    assert.equal(json.role, role);
    assert.equal(json.is_active, true);
    assert.equal(json.version, 1);
    for (const field of ['created_at', 'updated_at']) assert.match(json[field], time);
    assert.equal(answer.headers.get('location'), `/api/staff/${json.id}`);
    assert.equal(answer.headers.get('etag'), '"1"');
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assertNoSecret(answer);
    assert.deepEqual((await get(stack, answer.headers.get('location'), { token: owner })).json, json);
    const pair = await signedIn(body.email);
    assert.equal(pair.user.role, role);
    assert.equal(pair.user.id, json.id);
    expectStatus(await me(pair), 200);
    assertProblem(await login(body.email, `${password}x`), 401, 'invalid_credentials');
    assert.match(stack.sqlValue(`SELECT password_hash FROM staff WHERE id = '${json.id}'`), /^\$argon2id\$/);
  }
});

test('e-mail addresses are in lower case', async () => {
  const id = randomUUID();
  const account = await hire('waiter', { email: `  Mixed.Case+${id}@Spice-Garden.EXAMPLE ` });
  assert.equal(account.email, `mixed.case+${id}@spice-garden.example`);
  for (const email of [account.email, account.email.toUpperCase()]) await signedIn(email);
  assertProblem(await create(newPerson('waiter', { email: account.email.toUpperCase() })), 409, 'email_taken');
  const { json } = expectStatus(await change(account.id, { email: `UP.${id}@X.EXAMPLE` }), 200);
  assert.equal(json.email, `up.${id}@x.example`);
});

test('addresses in other letters are taken or refused, not fallen over', async () => {
  for (const email of ['ÉLODIE@spice-garden.example', 'ÄÖÜ@straße.example', 'ИВАН@пример.example', '山田@example.jp', 'İ@x.example']) {
    const answer = await create(newPerson('waiter', { email }));
    assert.ok([201, 422].includes(answer.status), `${email}: ${answer.status} ${answer.text}`);
    if (answer.status === 201) {
      expectStatus(await login(email), 200);
      expectStatus(await login(answer.json.email), 200);
    }
  }
});

test('what a new account must hold', async () => {
  const before = stack.sqlValue('SELECT count(*) FROM staff');
  const bad = {
    email: [undefined, null, '', '   ', 'x', 'nobody', '@x.example', 'x@', 'a b@x.example', 'a\nb@x.example', 7, {}, `${'x'.repeat(250)}@x.example`],
    display_name: [undefined, null, '', '  ', 'x'.repeat(121), 'a\nb', 'a\u0007b', 7, []],
    role: [undefined, null, '', 'diner', 'Owner', 'admin', 7, ['waiter']],
    password: [undefined, null, '', '1234567', 'x'.repeat(201), 12345678, ['long enough'], true],
  };
  for (const [field, values] of Object.entries(bad))
    for (const value of values) assertFaults(await create(newPerson('waiter', { [field]: value })), [`/${field}`], `${field}: ${JSON.stringify(value)?.slice(0, 40)}`);
  for (const field of ['is_active', 'id', 'version', 'password_hash', 'restaurant_id', 'deleted_at', 'Email']) {
    const answer = await create(newPerson('waiter', { [field]: 'x' }));
    assertFaults(answer, [`/${field}`], field);
    assert.equal(answer.json.errors[0].code, 'unknown_field');
  }
  assertFaults(await create({}), ['/email', '/display_name', '/role', '/password']);
  assert.equal(stack.sqlValue('SELECT count(*) FROM staff'), before);
});

test('every fault of an account is named at once', async () => {
  assertFaults(await create({ email: 'nobody', display_name: '', role: 'boss', password: 'short', typo: 1 }),
    ['/email', '/display_name', '/role', '/password', '/typo']);
  const { id } = await hire();
  assertFaults(await change(id, { email: 'nobody', role: 'boss', password: null }), ['/email', '/role', '/password']);
});

test('passwords: 8 to 200 characters, as they are', async () => {
  for (const word of ['12345678', 'x'.repeat(200), '  spaces  ', 'ünïcödé!', '🍛🍛🍛🍛🍛🍛🍛🍛', 'a\tb"\\c/d%s', 'पासवर्ड-लंबा']) {
    const { email } = await hire('waiter', { password: word });
    await signedIn(email, word);
    if (word.trim() !== word) assertProblem(await login(email, word.trim()), 401, 'invalid_credentials');
  }
  assertFaults(await create(newPerson('waiter', { password: '🍛'.repeat(7) })), ['/password']);
});

test('an address has one account', async () => {
  const { email, id } = await hire();
  assertProblem(await create(newPerson('cashier', { email })), 409, 'email_taken');
  const other = await hire();
  assertProblem(await change(other.id, { email }), 409, 'email_taken');
  assert.deepEqual((await read(other.id)).json, other, 'nothing of it was changed');
  expectStatus(await change(id, { email }), 200);
  expectStatus(await change(id, { is_active: false }), 200);
  assertProblem(await create(newPerson('waiter', { email })), 409, 'email_taken', 'one that is switched off');
  // Another restaurant's addresses are its own.
  const there = await tokenOf(stack, 'owner', otherSlug);
  expectStatus(await create(newPerson('waiter', { email }), { token: there }), 201);
});

test('the same address twice at once', async () => {
  for (let round = 0; round < 5; round++) {
    const body = newPerson();
    const answers = await Promise.all([create(body), create({ ...body, email: body.email.toUpperCase() }, { token: manager })]);
    assert.deepEqual(answers.map((a) => a.status).sort(), [201, 409], answers.map((a) => a.text).join('\n'));
    assertProblem(answers.find((a) => a.status === 409), 409, 'email_taken');
    const a = await hire(), b = await hire(), email = newEmail();
    const changes = await Promise.all([change(a.id, { email }), change(b.id, { email })]);
    assert.deepEqual(changes.map((c) => c.status).sort(), [200, 409]);
    assert.equal(stack.sqlValue(`SELECT count(*) FROM staff WHERE email = '${email}'`), '1');
  }
});

test('Idempotency-Key', async () => {
  const key = newKey(), body = newPerson();
  const first = expectStatus(await create(body, { key }), 201);
  assert.equal(first.headers.get('idempotent-replayed'), null);
  const again = expectStatus(await create(body, { key }), 201);
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  assert.equal(again.text, first.text);
  for (const name of ['location', 'etag']) assert.equal(again.headers.get(name), first.headers.get(name));
  for (const other of [{ ...body, role: 'cashier' }, { ...body, password: `${password}!` }]) assertProblem(await create(other, { key }), 422, 'idempotency_key_reused');
  // Somebody else's key of that name is another one.
  assertProblem(await create(body, { key, token: manager }), 409, 'email_taken');
  assert.equal(stack.sqlValue(`SELECT count(*) FROM idempotency_keys k WHERE k::text LIKE '%${password}%' OR k::text LIKE '%argon2%'`), '0');
  const many = newPerson(), manyKey = newKey();
  const answers = await Promise.all(Array.from({ length: 8 }, () => create(many, { key: manyKey })));
  for (const answer of answers) assert.ok(answer.status === 201 || answer.json.code === 'idempotency_in_progress', answer.text);
  assert.equal(new Set(answers.filter((a) => a.status === 201).map((a) => a.json.id)).size, 1);
  assert.equal(stack.sqlValue(`SELECT count(*) FROM staff WHERE email = '${many.email}'`), '1');
});

// ---- Changing

test('each field of an account can be changed', async () => {
  const account = await hire();
  let now = account;
  for (const body of [{ email: newEmail() }, { display_name: 'Another Name' }, { role: 'cashier' }, { is_active: false }, { is_active: true },
    { email: newEmail(), display_name: 'Two at Once', role: 'manager' }]) {
    const answer = expectStatus(await change(account.id, body), 200);
    assert.deepEqual({ ...answer.json, updated_at: null }, { ...now, ...body, version: now.version + 1, updated_at: null });
    assert.equal(answer.headers.get('etag'), `"${now.version + 1}"`);
    assertNoSecret(answer);
    assert.deepEqual((await read(account.id)).json, answer.json);
    now = answer.json;
  }
  const answer = expectStatus(await change(account.id, { password: 'quite another one' }), 200);
  assert.equal(answer.json.version, now.version + 1);
  assertNoSecret(answer);
  await signedIn(now.email, 'quite another one');
  assertProblem(await login(now.email), 401, 'invalid_credentials');
});

test('changes that are refused', async () => {
  const account = await hire();
  assertProblem(await change(account.id, {}), 422, 'validation_failed', 'empty');
  for (const body of [[], 'x', 7]) assert.equal((await change(account.id, JSON.stringify(body))).status, 422, JSON.stringify(body));
  assertProblem(await change(account.id, ''), 400, 'invalid_json');
  for (const field of ['email', 'display_name', 'role', 'password', 'is_active']) assertFaults(await change(account.id, { [field]: null }), [`/${field}`], field);
  for (const [field, values] of Object.entries({
    email: ['', 'nobody', 'x@', 7], display_name: ['', ' ', 'x'.repeat(121), 7], role: ['diner', '', 7], password: ['1234567', 'x'.repeat(201), 7], is_active: ['true', 1, 0],
  })) for (const value of values) assertFaults(await change(account.id, { [field]: value }), [`/${field}`], `${field} ${value}`);
  for (const field of ['id', 'version', 'password_hash', 'created_at', 'failures']) assertFaults(await change(account.id, { [field]: 1 }), [`/${field}`], field);
  assertFaults(await change(account.id, { display_name: 'Half', role: 'boss' }), ['/role']);
  assert.deepEqual((await read(account.id)).json, account);
  await signedIn(account.email);
});

test('If-Match', async () => {
  const { id } = await hire();
  const with_ = (tag) => ({ headers: { 'If-Match': tag } });
  const changed = expectStatus(await change(id, { display_name: 'B' }, with_('"1"')), 200);
  assert.equal(changed.headers.get('etag'), '"2"');
  for (const tag of ['"1"', '"3"', 'W/"2"', '"x"', '2']) {
    assertProblem(await change(id, { display_name: 'C' }, with_(tag)), 412, 'version_mismatch', tag);
    assertProblem(await remove(id, with_(tag)), 412, 'version_mismatch', tag);
  }
  expectStatus(await change(id, { display_name: 'D' }, with_('"7", "2"')), 200);
  expectStatus(await change(id, { display_name: 'E' }, with_('*')), 200);
  assert.equal((await read(id)).json.version, 4);
  const answers = await Promise.all(Array.from({ length: 6 }, (_, i) => change(id, { display_name: `At once ${i}` }, with_('"4"'))));
  assert.deepEqual(answers.map((a) => a.status).sort(), [200, 412, 412, 412, 412, 412]);
  expectStatus(await remove(id, with_('"5"')), 204);
});

test('a sign-in is no change of the account', async () => {
  const { id, email } = await hire();
  await login(email, 'something wrong');
  await signedIn(email);
  assert.equal((await read(id)).json.version, 1);
});

test('a new password ends the wait for wrong ones', async () => {
  const { id, email } = await hire();
  for (let i = 0; i < 10; i++) await login(email, 'something wrong');
  assertProblem(await login(email), 401, 'invalid_credentials');
  expectStatus(await change(id, { display_name: 'Still refused' }), 200);
  assertProblem(await login(email), 401, 'invalid_credentials');
  expectStatus(await change(id, { password: 'quite another one' }), 200);
  await signedIn(email, 'quite another one');
});

// ---- Removing

test('removing an account', async () => {
  const { id, email } = await hire('waiter', { display_name: 'Zoe Wasthere' });
  const pair = await signedIn(email);
  const item = (await readMenu(stack)).items.find((i) => i.is_available);
  const order = expectStatus(await post(stack, '/api/orders', { token: pair.access_token, body: { order_type: 'takeaway', items: [lineOf(item)] } }), 201).json;
  const session = expectStatus(await post(stack, `/api/tables/${stack.restaurant().tables[7].id}/session`, { token: pair.access_token }), 201).json;
  const answer = expectStatus(await remove(id), 204);
  assert.equal(answer.text, '');
  for (const gone of [await read(id), await remove(id), await change(id, { display_name: 'X' })]) assertProblem(gone, 404, 'not_found');
  assert.ok(!(await get(stack, '/api/staff?limit=200', { token: owner })).text.includes(id));
  await assertEnded(pair, 'removed');
  assertProblem(await login(email), 401, 'invalid_credentials');
  // What it did still has its name.
  const history = expectStatus(await get(stack, `/api/orders/${order.id}/history`, { token: owner }), 200).json.data;
  assert.equal(history[0].actor_id, id);
  assert.equal(history[0].actor_name, 'Zoe Wasthere');
  expectStatus(await get(stack, `/api/sessions/${session.session.id}`, { token: owner }), 200);
  assert.equal(stack.sqlValue(`SELECT count(*) FROM staff WHERE id = '${id}'`), '1');
  // Its address is free.
  const next = await hire('cashier', { email });
  assert.notEqual(next.id, id);
  assert.equal((await signedIn(email)).user.id, next.id);
  assertProblem(await me(pair), 401, 'token_ended', 'the former one does not come back');
  expectStatus(await remove(next.id), 204);
  await hire('waiter', { email });
});

test('removed twice at once, removed beside a change', async () => {
  for (let round = 0; round < 4; round++) {
    const { id } = await hire();
    const answers = await Promise.all([remove(id), remove(id), change(id, { display_name: 'Late' })]);
    assert.deepEqual(answers.slice(0, 2).map((a) => a.status).sort(), [204, 404]);
    assert.ok([200, 404].includes(answers[2].status), answers[2].text);
    assertProblem(await read(id), 404, 'not_found');
  }
});

test('malformed ids', async () => {
  const there = inRole('waiter', otherSlug), ours = inRole('waiter');
  for (const id of [randomUUID(), there, inRole('owner', otherSlug), stack.restaurant().id]) {
    for (const answer of [await read(id), await change(id, { display_name: 'X' }), await remove(id)]) assertProblem(answer, 404, 'not_found', id);
  }
  for (const id of ['x', '1', `${ours}x`]) assertProblem(await read(id), 404, 'not_found', id);
  assert.equal(stack.sqlValue(`SELECT version FROM staff WHERE id = '${there}'`), '1');
});

// ---- Who may

test('waiters, cashiers, the kitchen and guests may not', async () => {
  const id = inRole('waiter');
  const tokens = [(await openSession(stack, 5)).token];
  for (const role of ['kitchen', 'waiter', 'cashier']) tokens.push(await tokenOf(stack, role));
  for (const token of tokens) {
    for (const answer of [await get(stack, '/api/staff', { token }), await read(id, token), await create(newPerson(), { token }),
      await change(id, { display_name: 'X' }, { token }), await remove(id, { token })]) assertProblem(answer, 403, 'insufficient_role');
  }
  for (const answer of [await get(stack, '/api/staff'), await post(stack, '/api/staff', { body: newPerson() })]) assertProblem(answer, 401, 'unauthenticated');
});

test('a manager: everybody but owners', async () => {
  const as = { token: manager };
  for (const role of ['kitchen', 'waiter', 'cashier', 'manager']) {
    const account = expectStatus(await create(newPerson(role), as), 201).json;
    expectStatus(await change(account.id, { display_name: 'By the manager' }, as), 200);
    expectStatus(await change(account.id, { role: 'manager' }, as), 200);
    for (const body of [{ role: 'owner' }, { role: 'owner', display_name: 'Boss' }]) assertProblem(await change(account.id, body, as), 403, 'insufficient_role');
    expectStatus(await remove(account.id, as), 204);
  }
  const body = newPerson('owner');
  assertProblem(await create(body, as), 403, 'insufficient_role');
  assert.equal(stack.sqlValue(`SELECT count(*) FROM staff WHERE email = '${body.email}'`), '0');
  const boss = await hire('owner');
  for (const wish of [{ display_name: 'X' }, { role: 'waiter' }, { is_active: false }, { password: 'taken over!' }, { email: newEmail() }])
    assertProblem(await change(boss.id, wish, as), 403, 'insufficient_role', JSON.stringify(wish));
  assertProblem(await remove(boss.id, as), 403, 'insufficient_role');
  assert.deepEqual((await read(boss.id)).json, boss);
  await signedIn(boss.email);
  expectStatus(await remove(boss.id), 204);
});

test('an account made by an owner beside a manager\'s change', async () => {
  // Promoted while the manager is at it: the manager's change comes first or is refused.
  for (let round = 0; round < 5; round++) {
    const { id, email } = await hire('waiter');
    const [promoted, meddled] = await Promise.all([change(id, { role: 'owner' }), change(id, { password: 'taken over!' }, { token: manager })]);
    expectStatus(promoted, 200);
    assert.ok(meddled.status === 200 || (meddled.status === 403 && meddled.json.code === 'insufficient_role'), meddled.text);
    assert.equal((await read(id)).json.role, 'owner');
    if (meddled.status === 403) await signedIn(email);
    expectStatus(await remove(id), 204);
  }
});

// ---- What ends sign-ins

for (const [what, act, next] of [
  ['switching it off', (id) => change(id, { is_active: false }), { old: 401 }],
  ['another role', (id) => change(id, { role: 'cashier' }), { old: 200, role: 'cashier' }],
  ['a new password', (id) => change(id, { password: 'quite another one' }), { old: 401, fresh: 'quite another one' }],
  ['removing it', (id) => remove(id), { old: 401 }],
]) {
  test(`sign-ins end at once: ${what}`, async () => {
    const { id, email } = await hire('waiter'), bystander = await hire('waiter');
    const item = (await readMenu(stack)).items.find((i) => i.is_available), orders = stack.sqlValue('SELECT count(*) FROM orders');
    const pairs = [await signedIn(email), await signedIn(email)];
    pairs.push(expectStatus(await refresh(pairs[1]), 200).json);
    const other = await signedIn(bystander.email);
    for (const pair of pairs) expectStatus(await get(stack, '/api/orders', { token: pair.access_token }), 200);
    const answer = await act(id);
    assert.ok([200, 204].includes(answer.status), answer.text);
    for (const pair of pairs) {
      assertProblem(await get(stack, '/api/orders', { token: pair.access_token }), 401, 'token_ended', what);
      assertProblem(await post(stack, '/api/orders', { token: pair.access_token, body: { order_type: 'takeaway', items: [lineOf(item)] } }), 401, 'token_ended', what);
      const offline = { change_id: randomUUID(), type: 'order.create', payload: { order_type: 'takeaway', items: [lineOf(item)] } };
      assertProblem(await post(stack, '/api/sync', { token: pair.access_token, body: { client_id: 'tablet', changes: [offline] } }), 401, 'token_ended', what);
      assertProblem(await post(stack, '/api/events/ticket', { token: pair.access_token }), 401, 'token_ended', what);
    }
    assert.equal(stack.sqlValue('SELECT count(*) FROM orders'), orders);
    assertProblem(await refresh(pairs[2]), 401, 'invalid_refresh_token', what);
    expectStatus(await me(other), 200);
    expectStatus(await refresh(other), 200);
    const old = await login(email);
    assert.equal(old.status, next.old, old.text);
    if (next.role) assert.equal(old.json.user.role, next.role);
    if (next.fresh) await signedIn(email, next.fresh);
  });
}

test('what does not end them', async () => {
  const account = await hire('waiter');
  const pair = await signedIn(account.email);
  for (const body of [{ display_name: 'Other' }, { email: newEmail() }, { role: 'waiter' }, { is_active: true }]) {
    expectStatus(await change(account.id, body), 200);
    expectStatus(await me(pair), 200);
  }
  expectStatus(await refresh(pair), 200);
});

test('switched off and on again: the old sign-ins stay ended', async () => {
  const { id, email } = await hire('waiter');
  const pair = await signedIn(email);
  expectStatus(await change(id, { is_active: false }), 200);
  assert.equal((await read(id)).json.is_active, false);
  assertProblem(await login(email), 401, 'invalid_credentials');
  expectStatus(await change(id, { is_active: true }), 200);
  await assertEnded(pair, 'on again');
  await signedIn(email);
  // There and back of the role, too.
  const second = await signedIn(email);
  for (const role of ['cashier', 'waiter']) expectStatus(await change(id, { role }), 200);
  await assertEnded(second, 'the role is back');
});

for (const [what, statement] of [
  ['a new password', (id) => `UPDATE staff SET password_hash = (SELECT password_hash FROM staff WHERE email = 'donor@x.example') WHERE id = '${id}'`],
  ['switching off', (id) => `UPDATE staff SET is_active = false WHERE id = '${id}'`],
  ['removing', (id) => `UPDATE staff SET deleted_at = now(), is_active = false WHERE id = '${id}'`],
]) {
  test(`a sign-in that is under way during ${what} comes to nothing`, async () => {
    if (stack.sqlValue(`SELECT count(*) FROM staff WHERE email = 'donor@x.example'`) === '0') await hire('waiter', { email: 'donor@x.example', password: 'quite another one' });
    const { id, email } = await hire('waiter');
    // As the API does it: the row is locked, then changed, then its sign-ins end.
    const answer = await overtaken(stack, `SELECT FROM staff WHERE id = '${id}' FOR UPDATE`, () => login(email),
      `${statement(id)}; UPDATE refresh_tokens SET revoked_at = now() WHERE staff_id = '${id}' AND revoked_at IS NULL`);
    if (answer.status === 200) assert.equal((await me(answer.json)).status, 401, 'signed in with what was ended');
    else assertProblem(answer, 401, 'invalid_credentials');
  });
}

// ---- The last owner

test('the last owner stays', async () => {
  const there = await tokenOf(stack, 'owner', otherSlug), as = { token: there };
  const id = inRole('owner', otherSlug);
  for (const body of [{ role: 'manager' }, { is_active: false }, { role: 'kitchen', is_active: false, display_name: 'X' }])
    assertProblem(await change(id, body, as), 409, 'last_owner', JSON.stringify(body));
  assertProblem(await remove(id, as), 409, 'last_owner');
  expectStatus(await change(id, { display_name: 'Still here', role: 'owner', is_active: true }, as), 200);
  expectStatus(await get(stack, '/api/auth/me', { token: there }), 200);
  // A disabled account does not count.
  const second = expectStatus(await create(newPerson('owner'), as), 201).json;
  expectStatus(await change(second.id, { is_active: false }, as), 200);
  for (const answer of [await change(id, { role: 'manager' }, as), await remove(id, as)]) assertProblem(answer, 409, 'last_owner');
  // Nor does one of another restaurant, nor a removed one.
  expectStatus(await remove(second.id, as), 204);
  assertProblem(await remove(id, as), 409, 'last_owner');
  const third = expectStatus(await create(newPerson('owner'), as), 201).json;
  const pair = await signedIn(third.email, password, otherSlug);
  expectStatus(await change(id, { role: 'manager' }, as), 200);
  assertProblem(await get(stack, '/api/auth/me', { token: there }), 401, 'token_ended');
  assertProblem(await change(third.id, { role: 'manager' }, { token: pair.access_token }), 409, 'last_owner');
  expectStatus(await change(id, { role: 'owner' }, { token: pair.access_token }), 200);
  expectStatus(await remove(third.id, { token: pair.access_token }), 204);
});

test('two owners against each other at once: one of them remains', async () => {
  const mine = inRole('owner', otherSlug), { email } = stack.restaurant(otherSlug).accounts.find((a) => a.role === 'owner');
  const word = stack.restaurant(otherSlug).accounts.find((a) => a.role === 'owner').password;
  const first = await signedIn(email, word, otherSlug);
  const second = expectStatus(await create(newPerson('owner'), { token: first.access_token }), 201).json;
  const acts = [(id, token) => change(id, { role: 'waiter' }, { token }), (id, token) => change(id, { is_active: false }, { token }), (id, token) => remove(id, { token })];
  for (let round = 0; round < 9; round++) {
    const tokens = [(await signedIn(email, word, otherSlug)).access_token, (await signedIn(second.email, password, otherSlug)).access_token];
    // In each second round both have been let in before either has its turn.
    const isHeld = round % 2 === 1, held = isHeld && await hold(stack, `SELECT FROM staff WHERE id IN ('${mine}', '${second.id}') FOR NO KEY UPDATE`);
    const acting = Promise.all([acts[round % 3](second.id, tokens[0]), acts[(round + (round > 5 ? 1 : 0)) % 3](mine, tokens[1])]);
    if (isHeld) {
      await until('both wait', () => held.waiting() === 2);
      await held.end();
    }
    const answers = await acting;
    const done = answers.filter((a) => a.status < 300), not = answers.find((a) => a.status >= 300);
    assert.equal(done.length, 1, answers.map((a) => `${a.status} ${a.text}`).join('\n'));
    assert.ok((isHeld ? ['last_owner'] : ['last_owner', 'token_ended']).includes(not.json.code), not.text);
    assert.equal(stack.sqlValue(`SELECT count(*) FROM staff s JOIN restaurants r ON r.id = s.restaurant_id
      WHERE r.slug = '${otherSlug}' AND s.role = 'owner' AND s.is_active AND s.deleted_at IS NULL`), '1');
    stack.sql(`UPDATE staff SET role = 'owner', is_active = true, deleted_at = NULL,
      email = CASE id WHEN '${mine}' THEN '${email}' ELSE '${second.email}' END WHERE id IN ('${mine}', '${second.id}')`);
  }
});

// ---- One's own password

const setPassword = (pair, current, next) => post(stack, '/api/auth/password', { token: pair.access_token, body: { current_password: current, new_password: next } });

test('one\'s own password', async () => {
  for (const role of roles) {
    const { email, id } = await hire(role);
    const [own, other] = [await signedIn(email), await signedIn(email)];
    const wrong = await setPassword(own, 'not the one', 'quite another one');
    assertFaults(wrong, ['/current_password']);
    for (const pair of [own, other]) expectStatus(await me(pair), 200);
    const answer = expectStatus(await setPassword(own, password, 'quite another one'), 204);
    assert.equal(answer.text, '');
    await assertEnded(other, role);
    expectStatus(await me(own), 200);
    const renewed = expectStatus(await refresh(own), 200).json;
    expectStatus(await me(renewed), 200);
    assertProblem(await login(email), 401, 'invalid_credentials');
    await signedIn(email, 'quite another one');
    assertFaults(await setPassword(renewed, password, 'and a third one'), ['/current_password']);
    assert.ok(!answer.headers.get('etag') || Number((await read(id)).json.version) >= 2);
  }
});

test('wrong guesses of one\'s own password: those of a sign-in, not of an account', async () => {
  const { email } = await hire();
  const [own, other] = [await signedIn(email), await signedIn(email)];
  for (let i = 0; i < 10; i++) assertFaults(await setPassword(own, 'not the one', 'quite another one'), ['/current_password']);
  assertFaults(await setPassword(own, password, 'quite another one'), ['/current_password'], 'while it waits');
  await signedIn(email);
  // Nor do strangers at the door count here.
  for (let i = 0; i < 8; i++) await post(stack, '/api/auth/login', { body: { restaurant: slug, email, password: 'something wrong' }, from: `127.0.1.${i}` });
  expectStatus(await setPassword(other, password, 'quite another one'), 204);
});

test('the transaction begins when the password is hashed', async () => {
  const acts = {
    'POST /api/staff': async () => (await hire()).id,
    'PATCH /api/staff/{id}': async ({ id }) => expectStatus(await change(id, { password: 'quite another one' }), 200).json.id,
    'POST /api/auth/password': async ({ pair, id }) => expectStatus(await setPassword(pair, password, 'quite another one'), 204) && id,
  };
  for (const [what, act] of Object.entries(acts)) {
    // Where in the request's time its transaction began: what else the machine does can only shift that in some tries.
    const shares = [];
    for (let i = 0; i < 12 && !shares.some((share) => share > 0.5); i++) {
      const { id, email } = await hire(), pair = await signedIn(email);
      const start = Date.now(), changed = await act({ id, pair }), end = Date.now();
      const began = 1000 * Number(stack.sqlValue(`SELECT extract(epoch FROM updated_at) FROM staff WHERE id = '${changed}'`));
      shares.push((began - start) / (end - start));
    }
    assert.ok(shares.at(-1) > 0.5, `${what}: ${shares.map((share) => share.toFixed(2)).join(' ')}`);
  }
});

test('rules of a new password', async () => {
  const { email } = await hire();
  const pair = await signedIn(email);
  for (const word of ['', '1234567', 'x'.repeat(201), null, undefined, 12345678, ['long enough']]) assertFaults(await setPassword(pair, password, word), ['/new_password'], String(word).slice(0, 20));
  for (const word of ['', null, undefined, 7]) assertFaults(await setPassword(pair, word, 'quite another one'), ['/current_password'], String(word));
  assertFaults(await post(stack, '/api/auth/password', { token: pair.access_token, body: {} }), ['/current_password', '/new_password']);
  assertFaults(await post(stack, '/api/auth/password', { token: pair.access_token, body: { current_password: password, new_password: 'quite another one', email } }), ['/email']);
  await signedIn(email);
  const guest = await openSession(stack, 6);
  assertProblem(await post(stack, '/api/auth/password', { token: guest.token, body: { current_password: password, new_password: 'quite another one' } }), 403, 'insufficient_role');
  assertProblem(await post(stack, '/api/auth/password', { body: { current_password: password, new_password: 'quite another one' } }), 401, 'unauthenticated');
});

test('two changes of it at once', async () => {
  const { email } = await hire();
  const pairs = [await signedIn(email), await signedIn(email)];
  const words = ['the first new one', 'the second new one'];
  const answers = await Promise.all(pairs.map((pair, i) => setPassword(pair, password, words[i])));
  const won = answers.findIndex((a) => a.status === 204);
  assert.ok(won >= 0 && [401, 422].includes(answers[1 - won].status), answers.map((a) => `${a.status} ${a.text}`).join('\n'));
  await signedIn(email, words[won]);
  assertProblem(await login(email, words[1 - won]), 401, 'invalid_credentials');
  expectStatus(await me(pairs[won]), 200);
  assertProblem(await me(pairs[1 - won]), 401, 'token_ended');
});

test('no password in the log', async () => {
  const word = `never logged ${randomUUID()}`;
  const { email, id } = await hire('waiter', { password: word });
  await setPassword(await signedIn(email, word), word, `${word} again`);
  expectStatus(await change(id, { password: `${word} reset` }), 200);
  assert.ok(!JSON.stringify(stack.log()).includes(word));
});
