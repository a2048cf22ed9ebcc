// Signing in and staying in: passwords, refresh tokens, locks, and that none
// of it is ever in a log.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { call, expectStatus, get, lineOf, openSession, post, put, readMenu } from './lib/client.mjs';
import { startStack } from './lib/stack.mjs';

let stack, anOrder;
const secrets = new Map(); // secret -> what it is; looked for in the logs at the end
before(async () => {
  stack = await startStack(); // not shared: it measures sign-ins, and its cleanup is everybody's
  anOrder = { order_type: 'takeaway', items: [lineOf((await readMenu(stack)).items.find((i) => i.is_available))] };
});
after(() => stack?.stop());

const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const slug = 'spice-garden';
const account = (role, of = slug) => stack.restaurant(of).accounts.find((a) => a.role === role);
const keep = (what, secret) => {
  secrets.set(secret, what);
  return secret;
};
const wrongPassword = () => keep('a wrong password', `wrong-${randomBytes(9).toString('base64url')}`);

function keepPair(pair) {
  keep('an access token', pair.access_token);
  keep('a refresh token', pair.refresh_token);
  return pair;
}

const login = (body, from) => post(stack, '/api/auth/login', { body, from });
const networkOf = (n) => `127.0.${n >> 8}.${n & 255}`;
const strangersOf = (n) => Array.from({ length: n }, (_, i) => networkOf(512 + i));
const forgetTries = () => stack.sql('DELETE FROM door_addresses');
const doorOf = (email) => `door_id = (SELECT id FROM staff WHERE email = '${email}')`;
const wait = (email) => Number(stack.sqlValue(`SELECT coalesce(max(extract(epoch FROM refused_until - now())), 0) FROM door_addresses WHERE ${doorOf(email)}`));
const endWaits = () => stack.sql(`UPDATE door_addresses SET refused_until = now() - interval '1 second' WHERE refused_until IS NOT NULL`);
async function signIn(role, of = slug) {
  const { email, password } = account(role, of);
  return keepPair(expectStatus(await login({ restaurant: of, email, password }), 200).json);
}

async function refresh(token) {
  const answer = await post(stack, '/api/auth/refresh', { body: { refresh_token: token } });
  if (answer.status === 200) keepPair(answer.json);
  return answer;
}

const me = (pair) => get(stack, '/api/auth/me', { token: pair.access_token });

function assertProblem(answer, status, code, what) {
  assert.equal(answer.status, status, `${what ?? ''} ${answer.status} ${answer.text}`);
  assert.equal(answer.json.code, code, what);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json', what);
  if (status === 401) assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/, what);
}

/** All but what differs from answer to answer. */
function comparable(answer) {
  const { request_id: _, ...body } = answer.json;
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => !['x-request-id', 'date'].includes(name)));
  return { status: answer.status, body, headers };
}

async function assertEnded(pair, what) {
  const answer = await me(pair);
  assertProblem(answer, 401, 'token_ended', what);
  assertProblem(await post(stack, '/api/orders/quote', { token: pair.access_token, body: anOrder }), 401, 'token_ended', `${what}, writing`);
  assertProblem(await refresh(pair.refresh_token), 401, 'invalid_refresh_token', `${what}, refresh`);
}

test('the right password: a pair of tokens and the account', async () => {
  for (const role of ['owner', 'manager', 'cashier', 'waiter', 'kitchen']) {
    const { email, password } = account(role);
    const answer = expectStatus(await login({ restaurant: slug, email, password }), 200);
    const pair = keepPair(answer.json);
    assert.deepEqual(Object.keys(pair).sort(), ['access_token', 'expires_in', 'refresh_token', 'token_type', 'user']);
    assert.equal(pair.token_type, 'Bearer');
    assert.equal(pair.expires_in, 900);
    assert.equal(answer.headers.get('content-type'), 'application/json');
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.match(pair.user.id, uuid7);
    assert.equal(pair.user.role, role);
    assert.equal(pair.user.email, email);
    assert.equal(pair.user.restaurant_id, stack.restaurant().id);
    assert.equal(pair.user.restaurant.slug, slug);
    assert.equal(pair.user.restaurant.id, stack.restaurant().id);
    assert.equal(typeof pair.user.display_name, 'string');
    assert.ok(!answer.text.includes(password) && !answer.text.includes('argon2'));
    assert.deepEqual(expectStatus(await me(pair), 200).json, pair.user);
  }
});

test('e-mail in any case, spaces around it', async () => {
  const { email, password } = account('waiter');
  for (const written of [email.toUpperCase(), email[0].toUpperCase() + email.slice(1), `  ${email} `]) {
    const pair = keepPair(expectStatus(await login({ restaurant: slug, email: written, password }), 200).json);
    assert.equal(pair.user.email, email);
    assert.equal(JSON.parse(Buffer.from(pair.access_token.split('.')[1], 'base64url')).email, email);
  }
  assertProblem(await login({ restaurant: slug, email, password: password.toUpperCase() }), 401, 'invalid_credentials');
  assertProblem(await login({ restaurant: slug, email, password: ` ${password}` }), 401, 'invalid_credentials');
});

test('wrong in any way is the same answer', async () => {
  const { email, password } = account('cashier');
  const disabled = account('kitchen');
  const deleted = account('owner');
  stack.sql(`UPDATE staff SET is_active = false WHERE email = '${disabled.email}';
             UPDATE staff SET deleted_at = now() WHERE email = '${deleted.email}'`);
  try {
    const answers = [];
    for (const body of [
      { restaurant: slug, email, password: wrongPassword() },
      { restaurant: slug, email: 'nobody@spice-garden.example', password },
      { restaurant: slug, email: 'no e-mail at all', password },
      { restaurant: 'nowhere', email, password },
      { restaurant: '../etc', email, password },
      { restaurant: 'caffe-lungarno', email, password },
      { restaurant: slug, email: disabled.email, password: disabled.password },
      { restaurant: slug, email: disabled.email, password: wrongPassword() },
      { restaurant: slug, email: deleted.email, password: deleted.password },
    ]) answers.push(await login(body));
    for (const answer of answers) {
      assertProblem(answer, 401, 'invalid_credentials');
      assert.deepEqual(comparable(answer), comparable(answers[0]));
    }
  } finally {
    stack.sql(`UPDATE staff SET is_active = true, deleted_at = NULL`);
    forgetTries();
  }
});

test('unknown users cost what known ones do', async () => {
  const { email, password } = account('manager');
  const times = { known: [], unknown: [], nowhere: [] };
  const bodies = {
    known: () => ({ restaurant: slug, email, password: wrongPassword() }),
    unknown: () => ({ restaurant: slug, email: `${randomUUID()}@spice-garden.example`, password }),
    nowhere: () => ({ restaurant: 'nowhere', email, password }),
  };
  // What else the machine does only adds to it: the least shows what it costs, after some more tries if need be.
  const least = (kind) => times[kind].toSorted((a, b) => a - b)[1];
  const isLikeKnown = (kind) => least(kind) / least('known') > 1 / 1.5 && least(kind) / least('known') < 1.5;
  await login(bodies.unknown());
  for (let i = 0; i < 5 || (i < 60 && !(isLikeKnown('unknown') && isLikeKnown('nowhere'))); i++) {
    for (const kind of Object.keys(times)) {
      const start = performance.now();
      assertProblem(await login(bodies[kind]()), 401, 'invalid_credentials');
      times[kind].push(performance.now() - start);
    }
    forgetTries();
  }
  for (const kind of ['unknown', 'nowhere'])
    assert.ok(isLikeKnown(kind), `${kind}: ${least(kind).toFixed(1)} ms, known: ${least('known').toFixed(1)} ms`);
});

test('a body that is no sign-in', async () => {
  const { email, password } = account('waiter');
  const whole = { restaurant: slug, email, password };
  for (const name of Object.keys(whole)) {
    for (const [value, code] of [[undefined, 'required'], [null, 'required'], ['', 'too_short'], [7, 'wrong_type'], [{}, 'wrong_type']]) {
      const answer = await login({ ...whole, [name]: value });
      assertProblem(answer, 422, 'validation_failed', `${name} ${value}`);
      assert.deepEqual(answer.json.errors.map((e) => [e.field, e.code]), [[`/${name}`, code]]);
      assert.ok(!answer.text.includes(password));
    }
  }
  const all = await login({});
  assert.deepEqual(all.json.errors.map((e) => e.field).sort(), ['/email', '/password', '/restaurant']);
  const typo = await login({ ...whole, passwort: 'x' });
  assertProblem(typo, 422, 'validation_failed');
  assert.deepEqual(typo.json.errors.map((e) => [e.field, e.code]), [['/passwort', 'unknown_field']]);
  assertProblem(await login({ ...whole, password: 'x'.repeat(5000) }), 422, 'validation_failed');
  assertProblem(await post(stack, '/api/auth/login', { body: 'hello' }), 400, 'invalid_json');
  const got = await get(stack, '/api/auth/login');
  assertProblem(got, 405, 'method_not_allowed');
  assert.equal(got.headers.get('allow'), 'POST');
});

test('refresh: a new pair; the old access token stays until it expires', async () => {
  const first = await signIn('waiter');
  const answer = expectStatus(await refresh(first.refresh_token), 200);
  const second = answer.json;
  assert.deepEqual(Object.keys(second).sort(), ['access_token', 'expires_in', 'refresh_token', 'token_type', 'user']);
  assert.notEqual(second.refresh_token, first.refresh_token);
  assert.notEqual(second.access_token, first.access_token);
  assert.deepEqual(second.user, first.user);
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  expectStatus(await me(second), 200);
  expectStatus(await me(first), 200);
  const third = expectStatus(await refresh(second.refresh_token), 200).json;
  expectStatus(await me(third), 200);
});

test('a refresh token used again ends the whole family, and no other', async () => {
  const other = await signIn('waiter');
  const first = await signIn('waiter');
  const second = expectStatus(await refresh(first.refresh_token), 200).json;
  const third = expectStatus(await refresh(second.refresh_token), 200).json;
  assertProblem(await refresh(first.refresh_token), 401, 'invalid_refresh_token');
  for (const [what, pair] of Object.entries({ first, second, third })) await assertEnded(pair, what);
  expectStatus(await me(other), 200);
  expectStatus(await refresh(other.refresh_token), 200);
});

const familyOf = (pair) => JSON.parse(Buffer.from(pair.access_token.split('.')[1], 'base64url')).familyId;

/** As if all that this sign-in has done so far had been so many seconds earlier. */
const age = (pair, seconds) => stack.sql(`UPDATE refresh_tokens SET created_at = created_at - interval '${seconds} seconds',
  used_at = used_at - interval '${seconds} seconds' WHERE family_id = '${familyOf(pair)}'`);

// An answer that is lost, and two tabs of one browser: RFC 9700, 4.14.2, leaves it to the server how
// a token that comes twice is judged.
test('a refresh token presented again within half a minute gives a further pair', async () => {
  const first = await signIn('cashier');
  const pairs = [];
  for (let i = 0; i < 3; i++) pairs.push(expectStatus(await refresh(first.refresh_token), 200).json);
  assert.equal(new Set(pairs.map((pair) => pair.refresh_token)).size, 3);
  for (const pair of [first, ...pairs]) expectStatus(await me(pair), 200);
  // Both tabs go on, each with its own.
  for (const pair of pairs) expectStatus(await me(expectStatus(await refresh(pair.refresh_token), 200).json), 200);
});

test('presented again once a further pair was used, it ends the family, however soon', async () => {
  const first = await signIn('cashier');
  const one = expectStatus(await refresh(first.refresh_token), 200).json;
  const two = expectStatus(await refresh(first.refresh_token), 200).json;
  const next = expectStatus(await refresh(two.refresh_token), 200).json;
  assertProblem(await refresh(first.refresh_token), 401, 'invalid_refresh_token');
  for (const [what, pair] of Object.entries({ first, one, two, next })) await assertEnded(pair, what);
});

test('presented again later, before what it gave was used: a new pair, and only that', async () => {
  const root = await signIn('cashier');
  const first = expectStatus(await refresh(root.refresh_token), 200).json;
  const tab = expectStatus(await refresh(root.refresh_token), 200).json;
  const lost = [await refresh(first.refresh_token), await refresh(first.refresh_token)].map((a) => expectStatus(a, 200).json);
  age(first, 31);
  const found = expectStatus(await refresh(first.refresh_token), 200).json;
  for (const pair of lost) assertProblem(await refresh(pair.refresh_token), 401, 'invalid_refresh_token');
  // What the other tab holds was not given for this token.
  expectStatus(await refresh(tab.refresh_token), 200);
  const next = expectStatus(await refresh(found.refresh_token), 200).json;
  assertProblem(await refresh(first.refresh_token), 401, 'invalid_refresh_token');
  for (const [what, pair] of Object.entries({ found, next, tab })) await assertEnded(pair, what);
});

test('half a minute is counted from the first use', async () => {
  const first = await signIn('cashier');
  const lost = expectStatus(await refresh(first.refresh_token), 200).json;
  age(first, 20);
  expectStatus(await refresh(first.refresh_token), 200);
  age(first, 20);
  expectStatus(await refresh(first.refresh_token), 200);
  assertProblem(await refresh(lost.refresh_token), 401, 'invalid_refresh_token');
});

test('a used token that has expired gives nothing more', async () => {
  const first = await signIn('cashier');
  expectStatus(await refresh(first.refresh_token), 200);
  stack.sql(`UPDATE refresh_tokens SET expires_at = now() - interval '1 second' WHERE family_id = '${familyOf(first)}'`);
  assertProblem(await refresh(first.refresh_token), 401, 'invalid_refresh_token');
});

test('tokens of the previous version, which named no parent, are judged alike', async () => {
  const first = await signIn('cashier');
  const forget = () => stack.sql(`UPDATE refresh_tokens SET parent_id = NULL WHERE family_id = '${familyOf(first)}'`);
  const lost = expectStatus(await refresh(first.refresh_token), 200).json;
  forget();
  const second = expectStatus(await refresh(first.refresh_token), 200).json;
  expectStatus(await refresh(second.refresh_token), 200);
  forget();
  assertProblem(await refresh(first.refresh_token), 401, 'invalid_refresh_token');
  await assertEnded(lost, 'the family');
});

test('refresh of garbage', async () => {
  const pair = await signIn('waiter');
  const [restaurantId, random] = pair.refresh_token.split('.');
  const there = stack.restaurant('caffe-lungarno').id;
  const guess = randomBytes(32).toString('base64url');
  const flip = (text) => (text[5] === 'A' ? 'B' : 'A');
  const answers = [];
  for (const token of ['x', '.', random, `${restaurantId}.`, `${restaurantId}.${guess}`, `${there}.${random}`, `${randomUUID()}.${random}`,
    `${restaurantId}.${random.slice(0, -1)}`, `${restaurantId}.${random}A`, `${restaurantId.toUpperCase()}.${random}`,
    `${restaurantId}.${random.slice(0, 5)}${flip(random)}${random.slice(6)}`, `${restaurantId}.${random.toUpperCase()}`,
    ` ${pair.refresh_token}`, `${pair.refresh_token}\n`, '\u{1f600}'.repeat(20), `'; DROP TABLE staff; --`]) {
    const answer = await refresh(token);
    assertProblem(answer, 401, 'invalid_refresh_token', token);
    answers.push(answer);
  }
  for (const answer of answers) assert.deepEqual(comparable(answer), comparable(answers[0]));
  for (const value of ['', undefined, null, 7, ['x'], 'x'.repeat(300), pair.access_token])
    assertProblem(await refresh(value), 422, 'validation_failed', String(value));
  // Nothing of that has ended the family.
  expectStatus(await refresh(pair.refresh_token), 200);
});

test('an expired refresh token', async () => {
  const pair = await signIn('waiter');
  stack.sql(`UPDATE refresh_tokens SET expires_at = now() - interval '1 second' WHERE family_id = '${familyOf(pair)}'`);
  assertProblem(await refresh(pair.refresh_token), 401, 'invalid_refresh_token');
});

test('ten refreshes with one token at once: each gets a good pair', async () => {
  const first = await signIn('waiter');
  const pairs = (await Promise.all(Array.from({ length: 10 }, () => refresh(first.refresh_token)))).map((a) => expectStatus(a, 200).json);
  for (const pair of pairs) expectStatus(await me(pair), 200);
  for (const answer of await Promise.all(pairs.map((pair) => refresh(pair.refresh_token)))) expectStatus(answer, 200);
});

test('ten at once, later: one good pair is left', async () => {
  for (let round = 0; round < 3; round++) {
    const first = await signIn('waiter');
    expectStatus(await refresh(first.refresh_token), 200);
    age(first, 31);
    const pairs = (await Promise.all(Array.from({ length: 10 }, () => refresh(first.refresh_token)))).map((a) => expectStatus(a, 200).json);
    const answers = await Promise.all(pairs.map((pair) => refresh(pair.refresh_token)));
    assert.equal(answers.filter((a) => a.status === 200).length, 1);
    for (const answer of answers) if (answer.status !== 200) assertProblem(answer, 401, 'invalid_refresh_token');
  }
});

test('logout ends its family at once, the other sign-ins stay', async () => {
  const other = await signIn('manager');
  const first = await signIn('manager');
  const second = expectStatus(await refresh(first.refresh_token), 200).json;
  const answer = await post(stack, '/api/auth/logout', { token: second.access_token });
  assert.equal(answer.status, 204, answer.text);
  assert.equal(answer.text, '');
  await assertEnded(first, 'first');
  await assertEnded(second, 'second');
  assertProblem(await post(stack, '/api/auth/logout', { token: second.access_token }), 401, 'token_ended');
  expectStatus(await me(other), 200);
  assert.equal((await post(stack, '/api/auth/logout', { token: other.access_token, body: {} })).status, 204);
  await assertEnded(other, 'with a body');
  const third = await signIn('manager');
  assertProblem(await post(stack, '/api/auth/logout', { token: third.access_token, body: { all: true } }), 422, 'validation_failed');
  expectStatus(await me(third), 200);
});

test('a logout beside a refresh: nothing of the family is left', async () => {
  for (let round = 0; round < 12; round++) {
    const pair = await signIn('waiter');
    const [refreshed, out] = await Promise.all([
      refresh(pair.refresh_token), post(stack, '/api/auth/logout', { token: pair.access_token })]);
    assert.equal(out.status, 204, out.text);
    await assertEnded(pair, `round ${round}`);
    if (refreshed.status === 200) await assertEnded(refreshed.json, `round ${round}, refreshed`);
  }
});

test('a used token beside a refresh of its successor: two that follow one another', async () => {
  for (let round = 0; round < 12; round++) {
    const first = await signIn('cashier');
    const second = expectStatus(await refresh(first.refresh_token), 200).json;
    const [third, again] = await Promise.all([refresh(second.refresh_token), refresh(first.refresh_token)]);
    if (again.status === 200) {
      expectStatus(await me(expectStatus(third, 200).json), 200);
      continue;
    }
    assertProblem(again, 401, 'invalid_refresh_token');
    await assertEnded(second, `round ${round}`);
    if (third.status === 200) await assertEnded(third.json, `round ${round}, refreshed`);
  }
});

test('an account disabled or deleted ends its tokens at once', async () => {
  const { email, password } = account('cashier');
  for (const [off, on] of [['is_active = false', 'is_active = true'], ['deleted_at = now()', 'deleted_at = NULL']]) {
    const pair = await signIn('cashier');
    stack.sql(`UPDATE staff SET ${off} WHERE email = '${email}'`);
    try {
      await assertEnded(pair, off);
      assertProblem(await login({ restaurant: slug, email, password }), 401, 'invalid_credentials');
    } finally {
      stack.sql(`UPDATE staff SET ${on} WHERE email = '${email}'`);
    }
    expectStatus(await me(await signIn('cashier')), 200);
  }
});

// ---- Guessing

test('ten wrong passwords from a network make it wait, and it alone', async () => {
  const { email, password } = account('kitchen');
  forgetTries();
  const before = await signIn('kitchen');
  forgetTries(); // the network is a stranger's again
  const wrong = [];
  for (let i = 0; i < 10; i++) wrong.push(await login({ restaurant: slug, email, password: wrongPassword() }));
  const refused = await login({ restaurant: slug, email, password });
  assertProblem(refused, 401, 'invalid_credentials', 'the right one');
  for (const answer of wrong) assert.deepEqual(comparable(answer), comparable(refused));
  const left = wait(email);
  assert.ok(left > 50 && left <= 60, `${left} s`);
  // Trying on does not prolong it: that would keep the owner out for good.
  await login({ restaurant: slug, email, password: wrongPassword() });
  assert.ok(wait(email) <= left);
  // Another network, other accounts and callers already in are not affected.
  keepPair(expectStatus(await login({ restaurant: slug, email, password }, networkOf(2)), 200).json);
  await signIn('waiter');
  expectStatus(await me(before), 200);
  endWaits();
  expectStatus(await me(await signIn('kitchen')), 200);
  assert.equal(stack.sqlValue(`SELECT max(failures) FROM door_addresses WHERE ${doorOf(email)}`), '0');
});

test('after the first wait each wrong password brings one, twice as long, up to 15 minutes', async () => {
  const { email } = account('kitchen');
  forgetTries();
  for (let i = 0; i < 9; i++) await login({ restaurant: slug, email, password: wrongPassword() });
  assert.equal(wait(email), 0);
  for (const seconds of [60, 120, 240, 480, 900, 900]) {
    assertProblem(await login({ restaurant: slug, email, password: wrongPassword() }), 401, 'invalid_credentials');
    const left = wait(email);
    assert.ok(left > seconds - 20 && left <= seconds, `${left} s, not ${seconds}`);
    endWaits();
  }
});

test('nine wrong passwords do not, and the right one starts the count again', async () => {
  const { email, password } = account('kitchen');
  forgetTries();
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 9; i++)
      assertProblem(await login({ restaurant: slug, email, password: wrongPassword() }), 401, 'invalid_credentials');
    keepPair(expectStatus(await login({ restaurant: slug, email, password }), 200).json);
  }
});

test('no more wrong passwords are judged at once than in a row', async () => {
  const { email, password } = account('kitchen');
  for (const n of [10, 11, 19]) {
    forgetTries();
    await Promise.all(Array.from({ length: n }, () => login({ restaurant: slug, email, password: wrongPassword() })));
    assert.equal(stack.sqlValue(`SELECT failures FROM door_addresses WHERE ${doorOf(email)}`), '10', `${n} at once`);
    assertProblem(await login({ restaurant: slug, email, password }), 401, 'invalid_credentials', `after ${n} at once`);
  }
  forgetTries();
});

test('a stranger who knows the e-mail address does not keep the owner out', async () => {
  const { email, password } = account('owner');
  forgetTries();
  await signIn('owner');
  for (const from of strangersOf(10))
    for (let i = 0; i < (from.endsWith('.0') ? 12 : 1); i++) await login({ restaurant: slug, email, password: wrongPassword() }, from);
  // From where the owner signed in before, at once.
  await signIn('owner');
  // From elsewhere after a wait that is bounded, and that others do not prolong.
  const elsewhere = networkOf(3);
  assertProblem(await login({ restaurant: slug, email, password }, elsewhere), 401, 'invalid_credentials', 'elsewhere');
  const left = wait(email);
  assert.ok(left > 0 && left <= 3600, `${left} s`);
  for (const from of strangersOf(10)) await login({ restaurant: slug, email, password: wrongPassword() }, from);
  assert.ok(wait(email) <= left);
  endWaits();
  keepPair(expectStatus(await login({ restaurant: slug, email, password }, elsewhere), 200).json);
  keepPair(expectStatus(await login({ restaurant: slug, email, password }, elsewhere), 200).json);
});

test('guesses from many networks are few all together', async () => {
  const { email } = account('owner');
  forgetTries();
  for (let round = 0; round < 2; round++)
    for (const from of strangersOf(12)) await login({ restaurant: slug, email, password: wrongPassword() }, from);
  // Five are judged beside one another, twice; then each waits for its turn.
  assert.equal(stack.sqlValue(`SELECT sum(failures) FROM door_addresses WHERE ${doorOf(email)}`), '10');
  assert.equal(stack.sqlValue(`SELECT count(*) FROM door_addresses WHERE ${doorOf(email)} AND refused_until > now()`), '12');
});

test('the way back in: orderzapctl staff unlock', async () => {
  const { email, password } = account('owner');
  forgetTries();
  for (const from of strangersOf(8)) await login({ restaurant: slug, email, password: wrongPassword() }, from);
  for (let i = 0; i < 10; i++) await login({ restaurant: slug, email, password: wrongPassword() });
  assertProblem(await login({ restaurant: slug, email, password }), 401, 'invalid_credentials');
  const { stdout } = await stack.ctl(['staff', 'unlock', '--restaurant', slug, '--email', email.toUpperCase()]);
  assert.match(stdout, /^9 networks/);
  keepPair(expectStatus(await login({ restaurant: slug, email, password }), 200).json);
});

test('where a sign-in is kept up, the network stays known', async () => {
  const { email, password } = account('cashier');
  forgetTries();
  const pair = await signIn('cashier');
  const moved = networkOf(4);
  keepPair(expectStatus(await post(stack, '/api/auth/refresh', { body: { refresh_token: pair.refresh_token }, from: moved }), 200).json);
  for (const from of strangersOf(8)) await login({ restaurant: slug, email, password: wrongPassword() }, from);
  keepPair(expectStatus(await login({ restaurant: slug, email, password }, moved), 200).json);
});

test('a client does not say where it calls from', async () => {
  const { email, password } = account('kitchen');
  forgetTries();
  const forged = (n) => Object.fromEntries(['X-Forwarded-For', 'X-Real-IP', 'Forwarded', 'REMOTE_ADDR', 'Remote-Addr', 'X-Remote-Addr', 'Client-IP']
    .map((name) => [name, name === 'Forwarded' ? `for=192.0.2.${n}` : `192.0.2.${n}`]));
  for (let i = 0; i < 10; i++)
    await post(stack, '/api/auth/login', { body: { restaurant: slug, email, password: wrongPassword() }, headers: forged(i) });
  assertProblem(await post(stack, '/api/auth/login', { body: { restaurant: slug, email, password }, headers: forged(11) }), 401, 'invalid_credentials');
  assert.equal(stack.sqlValue(`SELECT count(*) FROM door_addresses WHERE ${doorOf(email)}`), '1');
  forgetTries();
});

test('addresses are stored as keyed hashes, another at each door', async () => {
  forgetTries();
  for (const role of ['kitchen', 'waiter']) await signIn(role);
  const rows = stack.sql('SELECT encode(address_hash, \'hex\') FROM door_addresses').flat();
  assert.equal(new Set(rows).size, 2);
  for (const hash of rows) assert.match(hash, /^[0-9a-f]{64}$/);
  assert.equal(stack.sqlValue(`SELECT count(*) FROM door_addresses d WHERE d::text ~ '127[.]0|7f0000'`), '0');
});

test('cleanup forgets networks that have not been at a door for long', async () => {
  forgetTries();
  await signIn('kitchen');
  await login({ restaurant: slug, email: account('waiter').email, password: wrongPassword() });
  stack.sql(`UPDATE door_addresses SET expires_at = now() - interval '1 second' WHERE NOT is_known`);
  await stack.ctl(['cleanup', '--quiet']);
  assert.deepEqual(stack.sql('SELECT is_known FROM door_addresses'), [['t']]);
});

test('wrong passwords at an account of one restaurant are not the other\'s', async () => {
  const here = account('waiter'), there = account('waiter', 'caffe-lungarno');
  forgetTries();
  for (let i = 0; i < 10; i++) await login({ restaurant: slug, email: here.email, password: wrongPassword() });
  keepPair(expectStatus(await login({ restaurant: 'caffe-lungarno', email: there.email, password: there.password }), 200).json);
  assertProblem(await login({ restaurant: slug, email: here.email, password: here.password }), 401, 'invalid_credentials');
  forgetTries();
});

test('a changed role ends the tokens of the old one', async () => {
  const { email } = account('waiter');
  const pair = await signIn('waiter');
  stack.sql(`UPDATE staff SET role = 'kitchen' WHERE email = '${email}'`);
  try {
    assertProblem(await me(pair), 401, 'token_ended');
    assertProblem(await get(stack, '/api/tables', { token: pair.access_token }), 401, 'token_ended');
    const fresh = expectStatus(await refresh(pair.refresh_token), 200).json;
    assert.equal(fresh.user.role, 'kitchen');
    assert.equal(expectStatus(await me(fresh), 200).json.role, 'kitchen');
    assertProblem(await get(stack, '/api/tables', { token: fresh.access_token }), 403, 'insufficient_role');
  } finally {
    stack.sql(`UPDATE staff SET role = 'waiter' WHERE email = '${email}'`);
  }
});

test('passwords and refresh tokens are stored as hashes only', async () => {
  const pair = await signIn('owner');
  const rows = stack.sql(`SELECT password_hash FROM staff`).flat();
  for (const hash of rows) assert.match(hash, /^\$argon2id\$v=19\$m=\d+,t=\d+,p=1\$/);
  assert.equal(new Set(rows).size, rows.length, 'each has its own salt');
  const random = pair.refresh_token.split('.')[1];
  assert.equal(stack.sqlValue(`SELECT count(*) FROM refresh_tokens t WHERE t::text LIKE '%${random.replaceAll('_', '\\_')}%'`), '0');
});

// The last: it reads what all the others have left.
test('no secret and no query string is in any log', async () => {
  const secret = /^JWT_SECRET=(.*)$/m.exec(readFileSync(stack.envFile, 'utf8'))[1];
  keep('the key', secret);
  keep('the password of the demo', account('waiter').password);
  stack.sql(`UPDATE restaurants SET pin_length = 8 WHERE slug = '${slug}'`);
  const session = await openSession(stack, 3);
  keep('a diner\'s token', session.token);
  keep('a PIN', session.pin);
  keep('a QR code', session.code);
  const enter = (body) => post(stack, `/api/r/${slug}/sessions/join`, { body });
  const joined = expectStatus(await enter({ code: session.code, pin: session.pin, display_name: 'Bela' }), 200).json;
  keep('a diner\'s token', joined.token);
  await enter({ code: session.code, pin: keep('a wrong PIN', '83619274'), display_name: keep('a name', 'Zephyrine Q') });
  const waiter = await signIn('waiter');
  const query = keep('a query string', `q${randomBytes(12).toString('hex')}`);
  for (const path of [`/api/tables?ticket=${query}`, `/api/orders?${query}=1`, `/api/auth/me?token=${query}`, `/api/nothing?${query}`,
    `/api/r/${slug}/menu?${query}`, `/health?${query}`, `/events?ticket=${query}`, `/?${query}`])
    await get(stack, path, { token: waiter.access_token });
  const key = keep('an idempotency key', `key-${randomBytes(12).toString('hex')}`);
  const notes = keep('a note', `note-${randomBytes(12).toString('hex')}`);
  await post(stack, '/api/orders', { token: joined.token, key, body: { order_type: 'dine_in', items: [], notes } });
  await call(stack, 'POST', '/api/auth/login', { body: `{"password":"${keep('a password in no JSON', randomBytes(9).toString('hex'))}"` });
  await put(stack, `/api/orders/${randomUUID()}`, { token: waiter.access_token, body: { status: 'cancelled', reason: notes } });

  const log = readFileSync(stack.logFile, 'utf8');
  const access = readFileSync(join(stack.dir, 'nginx', 'access.log'), 'utf8');
  assert.ok(log.includes('/api/auth/login') && access.includes('/api/auth/login'), 'the logs must be there');
  const files = { 'orderzapd.log': log, 'access.log': access.replaceAll(session.code, ''), 'error.log': readFileSync(join(stack.dir, 'nginx', 'error.log'), 'utf8') };
  for (const [file, text] of Object.entries(files))
    for (const [value, what] of secrets) assert.ok(!text.includes(value), `${what} is in ${file}`);
  assert.ok(secrets.size > 100);
  assert.ok(!access.includes('?'), 'a query string is in access.log');
});
