// Access tokens: what the issued ones claim, and that nothing else is let in,
// however well it is signed.
import assert from 'node:assert/strict';
import { createHmac, createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { call, expectStatus, get, lineOf, openSession, post, readMenu, signIn, tokenOf } from './lib/client.mjs';
import { shareStack } from './lib/shared.mjs';
import { patience } from './lib/until.mjs';

let stack, secret, waiter, diner, otherDiner, anOrder;
before(async () => {
  stack = await shareStack();
  secret = /^JWT_SECRET=(.*)$/m.exec(readFileSync(stack.envFile, 'utf8'))[1];
  waiter = await tokenOf(stack, 'waiter');
  diner = await openSession(stack, 0);
  otherDiner = await openSession(stack, 1, { name: 'Omar' });
  anOrder = { order_type: 'takeaway', items: [lineOf((await readMenu(stack)).items.find((i) => i.is_available))] };
});
after(() => stack?.stop());

const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const decode = (part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
const claimsOf = (token) => decode(token.split('.')[1]);
const seconds = () => Math.floor(Date.now() / 1000);

const macs = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' };

/** A token of the claims; header.alg names what it says, mac what it is. */
function sign(claims, { header = {}, mac = 'HS256', key = secret } = {}) {
  const input = `${encode({ alg: mac, typ: 'JWT', ...header })}.${encode(claims)}`;
  return `${input}.${createHmac(macs[mac], key).update(input).digest('base64url')}`;
}

/** The claims of a good token with some changed; undefined takes one away. */
const altered = (token, changes) => ({ ...claimsOf(token), ...changes });

const route = '/api/auth/me';
const me = (authorization) => call(stack, 'GET', route, { headers: authorization === undefined ? {} : { Authorization: authorization } });

function assertRefused(answer, code, what) {
  assert.equal(answer.status, 401, `${what}: ${answer.status} ${answer.text}`);
  assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer realm="[^"]+"/, what);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json', what);
  assert.deepEqual(Object.keys(answer.json).sort(), ['code', 'detail', 'errors', 'request_id', 'status', 'title', 'type'], what);
  assert.equal(answer.json.status, 401, what);
  assert.equal(answer.json.request_id, answer.headers.get('x-request-id'), what);
  assert.deepEqual(answer.json.errors, [], what);
  if (code) assert.equal(answer.json.code, code, what);
}

/** Each of {what: token} is 401 with the code, on a route that reads and on one that writes. */
async function assertAllRefused(tokens, code) {
  for (const [what, token] of Object.entries(tokens)) {
    const answer = await me(`Bearer ${token}`);
    assertRefused(answer, code, what);
    assert.match(answer.headers.get('www-authenticate'), /error="invalid_token"/, what);
    assertRefused(await post(stack, '/api/orders/quote', { token, body: anOrder }), code, `${what}, writing`);
  }
}

test('a token signed by the test with the claims of an issued one is good', async () => {
  const answer = expectStatus(await me(`Bearer ${sign(claimsOf(waiter))}`), 200);
  assert.equal(answer.json.role, 'waiter');
  assert.equal(answer.headers.get('www-authenticate'), null);
});

test('claims of a staff token', async () => {
  const login = await signIn(stack, 'cashier');
  const [header, payload, signature] = login.access_token.split('.');
  assert.equal(decode(header).alg, 'HS256');
  assert.equal(createHmac('sha256', secret).update(`${header}.${payload}`).digest('base64url'), signature);
  const claims = decode(payload);
  for (const name of ['iss', 'aud', 'sub', 'jti', 'userId', 'restaurantId', 'email', 'role'])
    assert.equal(typeof claims[name], 'string', name);
  assert.ok(claims.iss && claims.aud);
  assert.equal(claims.sub, login.user.id);
  assert.equal(claims.userId, login.user.id);
  assert.equal(claims.restaurantId, stack.restaurant().id);
  assert.equal(claims.email, login.user.email);
  assert.equal(claims.role, 'cashier');
  assert.equal(claims.sessionId, undefined);
  assert.match(claims.jti, uuid7);
  assert.ok(Number.isInteger(claims.iat) && Math.abs(claims.iat - seconds()) <= 5 * patience);
  assert.equal(claims.exp - claims.iat, login.expires_in);
  assert.notEqual(claimsOf((await signIn(stack, 'cashier')).access_token).jti, claims.jti);
});

test('claims of a diner\'s token', () => {
  const claims = claimsOf(diner.token);
  assert.equal(claims.role, 'diner');
  assert.equal(claims.sub, diner.diner.id);
  assert.equal(claims.userId, diner.diner.id);
  assert.equal(claims.sessionId, diner.session.id);
  assert.equal(claims.restaurantId, stack.restaurant().id);
  assert.equal(typeof claims.email, 'string');
  assert.match(claims.jti, uuid7);
  assert.ok(Number.isInteger(claims.iat) && Number.isInteger(claims.exp));
  assert.ok(claims.exp * 1000 >= Date.parse(diner.session.expires_at), 'it must last as long as its session');
  assert.ok(!JSON.stringify(claims).includes(diner.pin));
});

test('the word Bearer in any case', async () => {
  for (const scheme of ['bearer', 'BEARER', 'bEaReR']) expectStatus(await me(`${scheme} ${waiter}`), 200);
});

test('no token, and other schemes', async () => {
  for (const authorization of [undefined, `Basic ${Buffer.from('a:b').toString('base64')}`, `Basic ${waiter}`, waiter,
    `Token ${waiter}`, 'Digest username="a"', 'Bearer', `Bearer:${waiter}`, `Bearer=${waiter}`, `Bearer,${waiter}`]) {
    const answer = await me(authorization);
    assertRefused(answer, 'unauthenticated', String(authorization));
    assert.doesNotMatch(answer.headers.get('www-authenticate'), /error=/, 'RFC 6750, 3.1: no error code without a token');
  }
});

test('a token in the query or in the body does not count', async () => {
  assertRefused(await get(stack, `${route}?access_token=${waiter}`), 'unauthenticated', 'query');
  assertRefused(await post(stack, '/api/auth/logout', { body: { access_token: waiter } }), 'unauthenticated', 'body');
});

test('expired', async () => {
  const now = seconds();
  await assertAllRefused({
    'an hour ago': sign(altered(waiter, { iat: now - 7200, exp: now - 3600 })),
    'a second ago': sign(altered(waiter, { iat: now - 900, exp: now - 1 })),
    'before it was issued': sign(altered(waiter, { exp: 1 })),
    'a diner\'s': sign(altered(diner.token, { exp: now - 1 })),
  }, 'token_expired');
});

test('exp that is no time', async () => {
  const soon = seconds() + 600;
  await assertAllRefused({
    missing: sign(altered(waiter, { exp: undefined })),
    'a number in a string': sign(altered(waiter, { exp: String(soon) })),
    'a word': sign(altered(waiter, { exp: 'tomorrow' })),
    'a date': sign(altered(waiter, { exp: new Date(soon * 1000).toISOString() })),
    null: sign(altered(waiter, { exp: null })),
    true: sign(altered(waiter, { exp: true })),
    zero: sign(altered(waiter, { exp: 0 })),
    negative: sign(altered(waiter, { exp: -1 })),
    'a fraction': sign(altered(waiter, { exp: soon + 0.5 })),
    'an array': sign(altered(waiter, { exp: [soon] })),
    'an object': sign(altered(waiter, { exp: { at: soon } })),
  }, 'unauthenticated');
});

test('not before, and issued in the future', async () => {
  const soon = seconds() + 600;
  await assertAllRefused({
    'nbf in the future': sign(altered(waiter, { nbf: soon })),
    'nbf in a string': sign(altered(waiter, { nbf: String(soon) })),
    'nbf in a string, past': sign(altered(waiter, { nbf: '1' })),
    'iat in the future': sign(altered(waiter, { iat: soon, exp: soon + 900 })),
    'no iat': sign(altered(waiter, { iat: undefined })),
    'iat in a string': sign(altered(waiter, { iat: String(seconds()) })),
  }, 'unauthenticated');
  expectStatus(await me(`Bearer ${sign(altered(waiter, { nbf: seconds() - 10 }))}`), 200);
});

test('alg none', async () => {
  const payload = waiter.split('.')[1], signature = waiter.split('.')[2];
  const tokens = {};
  for (const alg of ['none', 'None', 'NONE', 'nOnE', '', null, undefined]) {
    const header = encode({ alg, typ: 'JWT' });
    tokens[`${alg}, no signature`] = `${header}.${payload}.`;
    tokens[`${alg}, no third part`] = `${header}.${payload}`;
    tokens[`${alg}, the old signature`] = `${header}.${payload}.${signature}`;
    tokens[`${alg}, signed`] = sign(claimsOf(waiter), { header: { alg } });
  }
  await assertAllRefused(tokens, 'unauthenticated');
});

test('another algorithm than HS256 with the right key', async () => {
  const claims = claimsOf(waiter);
  await assertAllRefused({
    HS384: sign(claims, { mac: 'HS384' }),
    HS512: sign(claims, { mac: 'HS512' }),
    'HS512 that says HS256': sign(claims, { mac: 'HS512', header: { alg: 'HS256' } }),
    'HS256 that says HS512': sign(claims, { header: { alg: 'HS512' } }),
  }, 'unauthenticated');
});

test('RS256 and ES256, and HS256 with their public keys', async () => {
  const claims = claimsOf(waiter);
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const asymmetric = (alg, privateKey) => {
    const input = `${encode({ alg, typ: 'JWT' })}.${encode(claims)}`;
    return `${input}.${createSign('sha256').update(input).sign({ key: privateKey, dsaEncoding: 'ieee-p1363' }, 'base64url')}`;
  };
  const pem = (key) => key.export({ type: 'spki', format: 'pem' });
  await assertAllRefused({
    RS256: asymmetric('RS256', rsa.privateKey),
    ES256: asymmetric('ES256', ec.privateKey),
    'HS256 with an RSA public key': sign(claims, { key: pem(rsa.publicKey) }),
    'RS256 that is HS256': sign(claims, { header: { alg: 'RS256' } }),
    'with a key of its own': sign(claims, { key: 'mine', header: { jwk: { kty: 'oct', k: encode('mine') } } }),
    'with a key id': sign(claims, { key: '', header: { kid: '../../dev/null' } }),
  }, 'unauthenticated');
});

test('another key', async () => {
  const claims = claimsOf(waiter);
  await assertAllRefused({
    another: sign(claims, { key: 'x'.repeat(64) }),
    empty: sign(claims, { key: '' }),
    'cut by one': sign(claims, { key: secret.slice(0, -1) }),
    'longer by one': sign(claims, { key: `${secret}x` }),
    'of another case': sign(claims, { key: secret.toLowerCase() }),
    decoded: sign(claims, { key: Buffer.from(secret, 'base64') }),
  }, 'unauthenticated');
});

test('another issuer or audience', async () => {
  const { iss, aud } = claimsOf(waiter);
  const tokens = {};
  for (const value of ['someone-else', '', null, undefined, 1, `${iss}x`, iss.toUpperCase()])
    tokens[`iss ${value}`] = sign(altered(waiter, { iss: value }));
  for (const value of ['someone-else', '', null, undefined, 1, `${aud}x`, aud.toUpperCase(), iss])
    tokens[`aud ${value}`] = sign(altered(waiter, { aud: value }));
  await assertAllRefused(tokens, 'unauthenticated');
});

test('a role that does not exist', async () => {
  const tokens = {};
  for (const role of ['admin', 'root', 'OWNER', 'Waiter', 'waiter ', '', 'system', 'nobody', null, undefined, 63, ['owner']])
    tokens[`role ${JSON.stringify(role)}`] = sign(altered(waiter, { role }));
  await assertAllRefused(tokens, 'unauthenticated');
});

test('ids that do not fit together', async () => {
  const tokens = {};
  for (const id of ['', 'x', null, undefined, 7, 'waiter@spice-garden.example', `${claimsOf(waiter).userId}0`]) {
    tokens[`userId ${id}`] = sign(altered(waiter, { userId: id }));
    tokens[`userId and sub ${id}`] = sign(altered(waiter, { userId: id, sub: id }));
    tokens[`restaurantId ${id}`] = sign(altered(waiter, { restaurantId: id }));
    tokens[`sub ${id}`] = sign(altered(waiter, { sub: id }));
    tokens[`sessionId ${id}`] = sign(altered(diner.token, { sessionId: id }));
  }
  tokens['sub of somebody else'] = sign(altered(waiter, { sub: randomUUID() }));
  tokens['staff without its sign-in'] = sign(altered(waiter, { familyId: undefined }));
  await assertAllRefused(tokens, 'unauthenticated');
});

test('a role raised', async () => {
  const kitchen = (await signIn(stack, 'kitchen')).access_token;
  const manager = claimsOf(await tokenOf(stack, 'manager'));
  const tokens = {};
  for (const role of ['waiter', 'cashier', 'manager', 'owner']) tokens[`kitchen as ${role}`] = sign(altered(kitchen, { role }));
  for (const role of ['cashier', 'manager', 'owner']) {
    tokens[`waiter as ${role}`] = sign(altered(waiter, { role }));
    tokens[`diner as ${role}`] = sign(altered(diner.token, { role, familyId: randomUUID() }));
    tokens[`diner as ${role} in another's sign-in`] = sign(altered(diner.token, { role, familyId: manager.familyId }));
    tokens[`nobody as ${role}`] = sign(altered(waiter, { role, userId: manager.jti, sub: manager.jti }));
  }
  tokens['kitchen in the manager\'s sign-in'] = sign(altered(kitchen, { role: 'manager', familyId: manager.familyId }));
  tokens['manager in the kitchen\'s sign-in'] = sign({ ...manager, familyId: claimsOf(kitchen).familyId });
  tokens['manager in a sign-in that never was'] = sign({ ...manager, familyId: randomUUID() });
  await assertAllRefused(tokens, 'token_ended');
  assertRefused(await me(`Bearer ${sign(altered(diner.token, { role: 'owner' }))}`), 'unauthenticated', 'diner as owner');
});

test('a role lowered is another role too', async () => {
  const manager = await tokenOf(stack, 'manager');
  await assertAllRefused({ 'manager as waiter': sign(altered(manager, { role: 'waiter' })) }, 'token_ended');
});

test('staff and diners of one restaurant in the other', async () => {
  const there = stack.restaurant('caffe-lungarno').id;
  const lungarno = claimsOf(await tokenOf(stack, 'waiter', 'caffe-lungarno'));
  await assertAllRefused({
    'staff of this one': sign(altered(waiter, { restaurantId: there })),
    'staff of the other': sign({ ...lungarno, restaurantId: stack.restaurant().id }),
    'a restaurant that there is not': sign(altered(waiter, { restaurantId: randomUUID() })),
  }, 'token_ended');
  for (const restaurantId of [there, randomUUID()]) {
    const token = sign(altered(diner.token, { restaurantId }));
    assertRefused(await get(stack, '/api/sessions/current', { token }), 'session_ended', 'diner');
    assertRefused(await post(stack, '/api/orders', { token, body: anOrder }), 'session_ended', 'diner, writing');
  }
});

test('a diner\'s token that names another session does not reach it', async () => {
  const token = sign(altered(diner.token, { sessionId: otherDiner.session.id }));
  const current = await get(stack, '/api/sessions/current', { token });
  if (current.status === 200) assert.equal(current.json.id, diner.session.id);
  else assertRefused(current, undefined, 'current');
  const unknown = sign(altered(diner.token, { userId: randomUUID(), sub: undefined }));
  assertRefused(await get(stack, '/api/sessions/current', { token: unknown }), 'unauthenticated', 'no sub');
  const id = randomUUID();
  assertRefused(await get(stack, '/api/sessions/current', { token: sign(altered(diner.token, { userId: id, sub: id })) }),
    'session_ended', 'a diner that there is not');
});

test('tampered', async () => {
  const [header, payload, signature] = waiter.split('.');
  const flip = (text, at) => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
  await assertAllRefused({
    'another role under the old signature': `${header}.${encode(altered(waiter, { role: 'owner' }))}.${signature}`,
    'the payload of another\'s token': `${header}.${diner.token.split('.')[1]}.${signature}`,
    'a letter of the signature': `${header}.${payload}.${flip(signature, 10)}`,
    'the signature\'s first letter': `${header}.${payload}.${flip(signature, 0)}`,
    'a letter of the payload': `${header}.${flip(payload, 40)}.${signature}`,
    'a letter of the header': `${flip(header, 12)}.${payload}.${signature}`,
    'the signature cut': `${header}.${payload}.${signature.slice(0, -4)}`,
    'no signature': `${header}.${payload}.`,
    'two parts': `${header}.${payload}`,
    'four parts': `${waiter}.${signature}`,
    'something behind': `${waiter}x`,
    'quotes around it': `"${waiter}"`,
    'twice': `${waiter}, Bearer ${waiter}`,
  }, 'unauthenticated');
});

test('garbage', async () => {
  const signed = (payload) => {
    const input = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(payload)}`;
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
  };
  await assertAllRefused({
    a: 'a', dots: '...', 'two dots': '..', 'a.b.c': 'a.b.c', percent: '%00%ff', stars: '***.***.***', 'a JSON': '{"alg":"none"}',
    'a UUID': randomUUID(), base64: Buffer.from('hello').toString('base64'), latin: 'é.é.é', 'no JSON': signed('hello'),
    'an empty payload': signed(''), array: signed([]), number: signed('1'), string: signed('"x"'), null: signed('null'),
    'an empty object': signed({}), 'cut JSON': signed('{"iss":"orderzap"'), deep: signed('['.repeat(2000)),
  }, 'unauthenticated');
});

test('long ones', async () => {
  for (const length of [4096, 4097, 7000]) {
    assertRefused(await me(`Bearer ${'x'.repeat(length)}`), 'unauthenticated', `${length} letters`);
    assertRefused(await me(`Bearer ${'x'.repeat(length - 4)}.a.b`), 'unauthenticated', `${length} letters`);
  }
  const padded = sign(altered(waiter, { padding: 'x'.repeat(4500) }));
  assertRefused(await me(`Bearer ${padded}`), 'unauthenticated', 'well signed');
  // nginx takes headers of up to 8 KiB.
  const answer = await me(`Bearer ${'x'.repeat(10240)}`);
  assert.ok([401, 431].includes(answer.status), `${answer.status} ${answer.text}`);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  assert.equal(answer.json.status, answer.status);
  assert.equal(answer.json.request_id, answer.headers.get('x-request-id'));
});

test('a diner\'s token on staff routes', async () => {
  for (const [method, path] of [['GET', '/api/auth/me'], ['GET', '/api/tables'], ['GET', '/api/sessions'],
    ['GET', `/api/sessions/${diner.session.id}`], ['POST', `/api/sessions/${diner.session.id}/close`],
    ['POST', `/api/sessions/${diner.session.id}/pin`], ['POST', `/api/tables/${stack.restaurant().tables[0].id}/session`],
    ['DELETE', `/api/orders/${randomUUID()}`], ['POST', '/api/auth/logout']]) {
    const answer = await call(stack, method, path, { token: diner.token });
    assert.equal(answer.status, 403, `${method} ${path}: ${answer.text}`);
    assert.equal(answer.json.code, 'insufficient_role');
    assert.equal(answer.headers.get('content-type'), 'application/problem+json');
    assert.equal(answer.headers.get('www-authenticate'), null);
  }
  expectStatus(await get(stack, '/api/sessions/current', { token: diner.token }), 200);
});

test('a staff token on the diner\'s route', async () => {
  const answer = await get(stack, '/api/sessions/current', { token: waiter });
  assert.equal(answer.status, 403);
  assert.equal(answer.json.code, 'insufficient_role');
});
