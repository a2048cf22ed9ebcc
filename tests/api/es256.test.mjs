// Tokens signed ES256: others verify them by the published keys, keys are
// changed without anyone noticing, and no confusion of algorithms, keys or
// forms lets anything else in.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, createHmac, createPrivateKey, createPublicKey, createSign, createVerify, generateKeyPairSync } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { call, expectProblem, expectStatus, get, joinSession, lineOf, newKey, openSession, post, readMenu, signIn, tokenOf } from './lib/client.mjs';
import { workersOf } from './lib/processes.mjs';
import { setEnv } from './lib/settings.mjs';
import { buildDir, startStack } from './lib/stack.mjs';
import { until } from './lib/until.mjs';

const isRoot = process.getuid() === 0;
let stack, folder, secret, anOrder;

const orderzapctl = (...args) => execFileSync(join(buildDir, 'orderzapctl'), args,
  { encoding: 'utf8', env: { ...process.env, RUN_USER: isRoot ? 'www-data' : '' } });
const path = (name) => join(folder, name);
/** A new private key's file and its public key's, readable by orderzapd. */
function makeKey(name) {
  orderzapctl('keygen', '--output', path(`${name}.pem`));
  writeFileSync(path(`${name}.pub`), orderzapctl('keygen', '--public', path(`${name}.pem`)));
  return { file: path(`${name}.pem`), pub: path(`${name}.pub`), key: createPrivateKey(readFileSync(path(`${name}.pem`))) };
}

let first;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'orderzap-es256-'));
  chmodSync(folder, 0o755);
  first = makeKey('first');
  stack = await startStack({ settings: { JWT_ALG: 'ES256', JWT_PRIVATE_KEY_FILE: first.file } });
  anOrder = { order_type: 'takeaway', items: [lineOf((await readMenu(stack)).items.find((i) => i.is_available))] };
  secret = /^JWT_SECRET=(.*)$/m.exec(readFileSync(stack.envFile, 'utf8'))[1];
});
after(async () => {
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const decode = (part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
const headerOf = (token) => decode(token.split('.')[0]);
const claimsOf = (token) => decode(token.split('.')[1]);
const ecdsa = (input, key, hash = 'sha256', dsaEncoding = 'ieee-p1363') => createSign(hash).update(input).sign({ key, dsaEncoding });

const jwks = async () => expectStatus(await get(stack, '/.well-known/jwks.json'), 200).json.keys;

/** Verifies as anyone would who knows only the address of the key set. */
async function verifyByJwks(token) {
  const { alg, kid } = headerOf(token);
  const jwk = (await jwks()).find((k) => k.kid === kid);
  assert.ok(jwk, `the set has no ${kid}`);
  assert.equal(alg, jwk.alg);
  const [head, payload, signature] = token.split('.');
  assert.equal(Buffer.from(signature, 'base64url').length, 64);
  return createVerify('sha256').update(`${head}.${payload}`)
    .verify({ key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }, signature, 'base64url');
}

const me = (token) => get(stack, '/api/auth/me', { token });
const current = (token) => get(stack, '/api/sessions/current', { token });

/** Each of {what: token} is 401, reading and writing. */
async function assertAllRefused(tokens, code = 'unauthenticated') {
  for (const [what, token] of Object.entries(tokens)) {
    for (const answer of [await me(token), await post(stack, '/api/orders/quote', { token, body: anOrder })]) {
      assert.equal(answer.status, 401, `${what}: ${answer.status} ${answer.text}`);
      assert.equal(answer.json.code, code, what);
      assert.match(answer.headers.get('www-authenticate'), /error="invalid_token"/, what);
    }
  }
}

const pidFile = () => join(stack.dir, 'run/orderzapd.pid');
const logged = (pattern) => stack.log().filter((line) => pattern.test(line.msg));
const count = (pattern) => logged(pattern).length;

/** Changes settings and has orderzapd take them over. */
async function reload(changes) {
  setEnv(stack.envFile, changes);
  const master = Number(readFileSync(pidFile(), 'utf8')), old = workersOf(master), n = count(/^reloaded/), refused = count(/^reload refused/);
  process.kill(master, 'SIGHUP');
  await until('the reload', () => count(/^reloaded/) > n || count(/^reload refused/) > refused);
  if (count(/^reload refused/) > refused) return logged(/^reload refused/).at(-1).error;
  await until('new workers', () => !workersOf(master).some((pid) => old.includes(pid)));
  return '';
}

// ---- What is issued

test('the key set', async () => {
  const answer = expectStatus(await get(stack, '/.well-known/jwks.json'), 200);
  assert.match(answer.headers.get('content-type'), /^application\/json/);
  assert.equal(answer.headers.get('cache-control'), 'public, max-age=300');
  assert.deepEqual(Object.keys(answer.json), ['keys']);
  const [jwk, ...more] = answer.json.keys;
  assert.deepEqual(more, []);
  const { x, y } = createPublicKey(first.key).export({ format: 'jwk' });
  const kid = createHash('sha256').update(JSON.stringify({ crv: 'P-256', kty: 'EC', x, y })).digest('base64url');
  assert.deepEqual(jwk, { kty: 'EC', crv: 'P-256', x, y, use: 'sig', alg: 'ES256', kid });
  assert.ok(!answer.text.includes(first.key.export({ format: 'jwk' }).d));
});

test('the key set is public, and read alone', async () => {
  for (const headers of [{}, { Authorization: 'Bearer nonsense' }, { Authorization: 'Basic x' }, { Accept: 'application/jwk-set+json' }])
    expectStatus(await call(stack, 'GET', '/.well-known/jwks.json', { headers }), 200);
  const head = expectStatus(await call(stack, 'HEAD', '/.well-known/jwks.json'), 200);
  assert.equal(head.text, '');
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    const answer = await call(stack, method, '/.well-known/jwks.json', { body: {} });
    expectProblem(answer, 405, 'method_not_allowed');
    assert.equal(answer.headers.get('allow'), 'GET, HEAD');
  }
  for (const other of ['/.well-known', '/.well-known/', '/.well-known/jwksxjson', '/.well-known/jwks.json/', '/.well-known/jwks', '/x.well-known/jwks.json',
    '/well-known/jwks.json', '/.well-known/jwks%2ejson', '/.well-known/openid-configuration'])
    expectProblem(await get(stack, other), 404, 'not_found');
  assert.equal((await get(stack, '/.well-known/jwks.json?a=1')).status, 422);
  // It needs no database.
  await stack.cluster('stop');
  try {
    assert.equal((await jwks()).length, 1);
  } finally {
    await stack.cluster('start');
  }
  await until('the database', async () => (await get(stack, '/health')).status === 200);
});

test('staff: signing in, working, refreshing, signing out', async () => {
  const login = await signIn(stack, 'waiter');
  const token = login.access_token;
  const [{ kid }] = await jwks();
  assert.deepEqual(headerOf(token), { alg: 'ES256', kid, typ: 'JWT' });
  assert.ok(await verifyByJwks(token));
  const claims = claimsOf(token);
  assert.equal(claims.iss, 'orderzap');
  assert.equal(claims.aud, 'orderzap-api');
  assert.equal(claims.sub, login.user.id);
  assert.equal(claims.role, 'waiter');
  assert.equal(claims.restaurantId, stack.restaurant().id);
  assert.equal(claims.exp - claims.iat, login.expires_in);
  assert.equal(expectStatus(await me(token), 200).json.role, 'waiter');
  expectStatus(await post(stack, '/api/orders', { token, key: newKey(), body: anOrder }), 201);
  const pair = expectStatus(await post(stack, '/api/auth/refresh', { body: { refresh_token: login.refresh_token } }), 200).json;
  assert.ok(await verifyByJwks(pair.access_token));
  expectStatus(await me(pair.access_token), 200);
  expectStatus(await post(stack, '/api/auth/logout', { token: pair.access_token }), 204);
  await assertAllRefused({ 'signed out': pair.access_token }, 'token_ended');
});

test('diners: opening, joining, ordering', async () => {
  const asha = await openSession(stack, 0);
  const bela = await joinSession(stack, asha.code, asha.pin);
  for (const { token, diner } of [asha, bela]) {
    assert.ok(await verifyByJwks(token));
    assert.equal(claimsOf(token).sub, diner.id);
    assert.equal(claimsOf(token).sessionId, asha.session.id);
    expectStatus(await post(stack, '/api/orders', { token, key: newKey(), body: { ...anOrder, order_type: 'dine_in' } }), 201);
    assert.equal(expectStatus(await current(token), 200).json.id, asha.session.id);
  }
});

// ---- What is refused

/** The parts of a good token, and ways to sign them otherwise. */
async function forge() {
  const token = await tokenOf(stack, 'waiter');
  const claims = claimsOf(token), header = headerOf(token);
  const make = (changes, sign, payload = claims) => {
    const input = `${encode({ ...header, ...changes })}.${encode(payload)}`;
    return `${input}.${Buffer.from(sign(input)).toString('base64url')}`;
  };
  return { token, claims, header, make, ours: (input) => ecdsa(input, first.key),
    hmac: (key, hash = 'sha256') => (input) => createHmac(hash, key).update(input).digest() };
}

test('a token signed by the test with the key is valid, an expired one is not', async () => {
  const { make, ours, claims } = await forge();
  for (let i = 0; i < 5; i++) expectStatus(await me(make({}, ours)), 200);
  expectStatus(await me(make({ typ: undefined }, ours)), 200);
  await assertAllRefused({ expired: make({}, ours, { ...claims, exp: claims.iat - 1 }) }, 'token_expired');
  await assertAllRefused({ 'another audience': make({}, ours, { ...claims, aud: 'x' }), 'no exp': make({}, ours, { ...claims, exp: undefined }) });
  await assertAllRefused({ 'a role raised': make({}, ours, { ...claims, role: 'owner' }) }, 'token_ended');
});

test('HS256 with all that is public, and with the secret', async () => {
  const { make, hmac } = await forge();
  const [jwk] = await jwks();
  const publicKey = createPublicKey(first.key), pem = publicKey.export({ type: 'spki', format: 'pem' });
  const keys = {
    PEM: pem, 'PEM without its newline': pem.trimEnd(), 'PEM with CR': pem.replaceAll('\n', '\r\n'), DER: publicKey.export({ type: 'spki', format: 'der' }),
    JWK: JSON.stringify(jwk), 'JWK of three': JSON.stringify({ kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y }), set: JSON.stringify({ keys: [jwk] }),
    x: jwk.x, 'x decoded': Buffer.from(jwk.x, 'base64url'), kid: jwk.kid, nothing: '', JWT_SECRET: secret,
    'JWT_SECRET decoded': Buffer.from(secret, 'base64'), 'the private key': readFileSync(first.file),
  };
  for (const [what, key] of Object.entries(keys)) {
    const tokens = {};
    for (const alg of ['HS256', 'ES256', 'hs256']) {
      tokens[`${what}, ${alg}`] = make({ alg }, hmac(key));
      tokens[`${what}, ${alg}, no kid`] = make({ alg, kid: undefined }, hmac(key));
    }
    tokens[`${what}, HS512`] = make({ alg: 'HS512' }, hmac(key, 'sha512'));
    await assertAllRefused(tokens);
  }
});

test('alg none and other algorithms', async () => {
  const { make, ours } = await forge();
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
  const k1 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey;
  const tokens = {
    RS256: make({ alg: 'RS256' }, (input) => createSign('sha256').update(input).sign(rsa)),
    'RS256 that says ES256': make({}, (input) => createSign('sha256').update(input).sign(rsa)),
    ES384: make({ alg: 'ES384' }, (input) => ecdsa(input, p384, 'sha384')),
    'ES384 that says ES256': make({}, (input) => ecdsa(input, p384, 'sha384')),
    ES256K: make({ alg: 'ES256K' }, (input) => ecdsa(input, k1)),
    'ES256K that says ES256': make({}, (input) => ecdsa(input, k1)),
    'another hash': make({}, (input) => ecdsa(input, first.key, 'sha384')),
  };
  for (const alg of ['none', 'None', 'NONE', '', null, undefined, 256, ['ES256'], 'ES384', 'ES512', 'RS256', 'PS256', 'HS256', 'es256', 'ES256 ']) {
    tokens[`our signature under ${JSON.stringify(alg)}`] = make({ alg }, ours);
    tokens[`no signature under ${JSON.stringify(alg)}`] = make({ alg }, () => '');
    tokens[`two parts under ${JSON.stringify(alg)}`] = make({ alg }, () => '').slice(0, -1);
  }
  await assertAllRefused(tokens);
});

test('kids, and keys that a token brings along', async () => {
  const { make, ours } = await forge();
  const [{ kid }] = await jwks();
  const evil = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = evil.publicKey.export({ format: 'jwk' }), theirs = (input) => ecdsa(input, evil.privateKey);
  const theirKid = createHash('sha256').update(JSON.stringify({ crv: 'P-256', kty: 'EC', x: jwk.x, y: jwk.y })).digest('base64url');
  const tokens = { 'another key': make({}, theirs), 'with its jwk': make({ jwk }, theirs), 'with its jwk and kid': make({ jwk, kid: theirKid }, theirs),
    'with its jwk, no kid': make({ jwk, kid: undefined }, theirs), 'with a jku': make({ jku: 'https://evil.example/jwks.json' }, theirs),
    'with x5u': make({ x5u: 'https://evil.example/x.pem' }, theirs), 'what must be understood': make({ crit: ['exp'] }, ours) };
  for (const other of [undefined, null, '', 'x', theirKid, `${kid} `, `${kid}=`, kid.toLowerCase(), kid.slice(1), [kid], { kid }, 0, '../../../dev/null', first.file])
    tokens[`kid ${JSON.stringify(other)}`] = make({ kid: other }, ours);
  await assertAllRefused(tokens);
  for (const brought of [{ jwk }, { jku: 'https://evil.example/jwks.json' }, { x5u: 'https://evil.example' }])
    expectStatus(await me(make(brought, ours)), 200); // not looked at
});

test('forms of a signature', async () => {
  const { make, token } = await forge();
  const raw = (input) => ecdsa(input, first.key);
  const n = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex'), zero = Buffer.alloc(32);
  await assertAllRefused({
    DER: make({}, (input) => ecdsa(input, first.key, 'sha256', 'der')),
    'a byte more': make({}, (input) => Buffer.concat([raw(input), Buffer.alloc(1)])),
    'a byte before': make({}, (input) => Buffer.concat([Buffer.alloc(1), raw(input)])),
    'a byte less': make({}, (input) => raw(input).subarray(0, 63)),
    twice: make({}, (input) => Buffer.concat([raw(input), raw(input)])),
    nothing: make({}, () => ''),
    zeros: make({}, () => Buffer.alloc(64)),
    'many zeros': make({}, () => Buffer.alloc(96)),
    ones: make({}, () => Buffer.alloc(64, 0xff)),
    'r = 0': make({}, (input) => Buffer.concat([zero, raw(input).subarray(32)])),
    's = 0': make({}, (input) => Buffer.concat([raw(input).subarray(0, 32), zero])),
    'r = n': make({}, (input) => Buffer.concat([n, raw(input).subarray(32)])),
    's = n': make({}, (input) => Buffer.concat([raw(input).subarray(0, 32), n])),
    's before r': make({}, (input) => Buffer.concat([raw(input).subarray(32), raw(input).subarray(0, 32)])),
    padding: `${token}==`,
    'a fourth part': `${token}.x`,
    'bits left over': token.slice(0, -1) + { A: 'B', Q: 'R', g: 'h', w: 'x' }[token.at(-1)],
    'plain base64': `${token.split('.').slice(0, 2).join('.')}.${Buffer.from(token.split('.')[2], 'base64url').toString('base64')}`,
    'another payload': `${token.split('.')[0]}.${encode({ ...claimsOf(token), role: 'owner' })}.${token.split('.')[2]}`,
  });
});

// ---- Changing keys

test('a new key: known first, then signing, then the old one gone, and nobody notices', async () => {
  const second = makeKey('second');
  const kids = async () => (await jwks()).map((k) => k.kid);
  const [firstKid] = await kids();
  const asha = await openSession(stack, 2);
  const old = await signIn(stack, 'cashier');
  const failed = [], running = { now: true };
  let tried = 0, tokens = [asha.token];
  const client = (async () => {
    const { code, pin } = asha;
    while (running.now) {
      const { token } = await joinSession(stack, code, pin, { name: `Bela ${tried++}` });
      tokens = [asha.token, token, ...tokens.slice(0, 5)];
      for (const one of tokens) {
        const answer = await current(one);
        if (answer.status !== 200) failed.push(`${answer.status} ${answer.text}`);
      }
    }
  })();
  try {
    assert.equal(await reload({ JWT_PREVIOUS_PUBLIC_KEY_FILE: second.pub }), '');
    const both = await kids();
    assert.equal(both[0], firstKid);
    assert.equal(both.length, 2);
    assert.equal(headerOf(await tokenOf(stack, 'waiter')).kid, firstKid, 'the new one does not sign yet');
    assert.equal(await reload({ JWT_PRIVATE_KEY_FILE: second.file, JWT_PREVIOUS_PUBLIC_KEY_FILE: first.pub }), '');
    assert.deepEqual(await kids(), both.reverse());
    await until('three rounds', () => tried >= 3);
  } finally {
    running.now = false;
    await client;
  }
  assert.deepEqual(failed, [], `of ${tried} rounds`);
  assert.ok(tried >= 3, `${tried} rounds`);
  const [secondKid] = await kids();
  const fresh = await signIn(stack, 'cashier');
  assert.equal(headerOf(fresh.access_token).kid, secondKid);
  for (const token of [old.access_token, fresh.access_token]) {
    assert.ok(await verifyByJwks(token));
    expectStatus(await me(token), 200);
  }
  // The one's kid over the other's signature.
  const swapped = (token, kid, key) => {
    const input = `${encode({ ...headerOf(token), kid })}.${token.split('.')[1]}`;
    return `${input}.${ecdsa(input, key).toString('base64url')}`;
  };
  expectStatus(await me(swapped(fresh.access_token, secondKid, second.key)), 200);
  await assertAllRefused({ 'the old kid': swapped(fresh.access_token, firstKid, second.key), 'the new kid': swapped(old.access_token, secondKid, first.key) });

  assert.equal(await reload({ JWT_PREVIOUS_PUBLIC_KEY_FILE: '' }), '');
  assert.deepEqual(await kids(), [secondKid]);
  await assertAllRefused({ 'of the old key': old.access_token });
  assert.equal((await current(asha.token)).status, 401);
  expectStatus(await me(fresh.access_token), 200);
  // Its sign-in goes on.
  const pair = expectStatus(await post(stack, '/api/auth/refresh', { body: { refresh_token: old.refresh_token } }), 200).json;
  expectStatus(await me(pair.access_token), 200);
});

test('a key file that changes without a reload: nothing changes, not even in new workers', async () => {
  const third = makeKey('third');
  const token = await tokenOf(stack, 'waiter');
  const kid = headerOf(token).kid;
  writeFileSync(path('second.pem'), readFileSync(third.file));
  const master = Number(readFileSync(pidFile(), 'utf8')), old = workersOf(master);
  for (const pid of old) process.kill(pid, 'SIGKILL');
  await until('other workers', () => !workersOf(master).some((pid) => old.includes(pid)) && workersOf(master).length >= 6);
  await until('they answer', async () => (await get(stack, '/health')).status === 200);
  for (let i = 0; i < 10; i++) expectStatus(await me(token), 200);
  assert.deepEqual((await jwks()).map((k) => k.kid), [kid]);
  assert.equal(await reload({}), '');
  await assertAllRefused({ 'the key before': token });
  assert.notEqual((await jwks())[0].kid, kid);
  expectStatus(await me(await tokenOf(stack, 'waiter')), 200);
});

test('a reload with a bad key is refused; the old one serves on', async () => {
  const token = await tokenOf(stack, 'waiter');
  const good = { JWT_ALG: 'ES256', JWT_PRIVATE_KEY_FILE: path('second.pem'), JWT_PREVIOUS_PUBLIC_KEY_FILE: '' };
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const file = (name, text, mode = 0o640) => {
    writeFileSync(path(name), text);
    chmodSync(path(name), mode);
    if (isRoot) execFileSync('chown', ['www-data', path(name)]);
    return path(name);
  };
  const cases = [
    [{ JWT_PRIVATE_KEY_FILE: '' }, /JWT_PRIVATE_KEY_FILE is not set/],
    [{ JWT_PRIVATE_KEY_FILE: path('none.pem') }, /JWT_PRIVATE_KEY_FILE: .*none\.pem: No such file/],
    [{ JWT_PRIVATE_KEY_FILE: file('p384.pem', p384.privateKey.export({ type: 'pkcs8', format: 'pem' })) }, /it holds a key on the curve secp384r1; ES256 needs P-256/],
    [{ JWT_PRIVATE_KEY_FILE: file('open.pem', readFileSync(first.file), 0o644) }, /everybody can use it/],
    [{ JWT_PRIVATE_KEY_FILE: first.pub }, /everybody can use it|no private key/],
    [{ JWT_PREVIOUS_PUBLIC_KEY_FILE: first.file }, /JWT_PREVIOUS_PUBLIC_KEY_FILE: .*it holds no public key in PEM/],
    [{ JWT_PREVIOUS_PUBLIC_KEY_FILE: file('own.pub', orderzapctl('keygen', '--public', path('second.pem'))) }, /the public key of JWT_PRIVATE_KEY_FILE/],
    [{ JWT_ALG: 'RS256' }, /JWT_ALG: 'RS256' is neither HS256 nor ES256/],
  ];
  if (isRoot) {
    execFileSync('chown', ['root:root', file('roots.pem', readFileSync(first.file), 0o600)]);
    cases.push([{ JWT_PRIVATE_KEY_FILE: path('roots.pem') }, /Permission denied: orderzapd's user must be able to read it/]);
  }
  for (const [change, pattern] of cases) {
    assert.match(await reload({ ...good, ...change }), pattern);
    expectStatus(await me(token), 200);
  }
  assert.ok(!existsSync(path('none.pem')));
  assert.equal(await reload(good), '');
  expectStatus(await me(token), 200);
});

test('HS256 and back: each refuses the other\'s tokens, sign-ins go on', async () => {
  const es = await signIn(stack, 'manager');
  assert.equal(await reload({ JWT_ALG: 'HS256' }), '');
  const set = expectStatus(await get(stack, '/.well-known/jwks.json'), 200);
  assert.deepEqual(set.json, { keys: [] });
  assert.equal(set.headers.get('cache-control'), 'public, max-age=300');
  await assertAllRefused({ 'ES256 at HS256': es.access_token });
  const [head, payload] = [encode({ ...headerOf(es.access_token), alg: 'HS256' }), es.access_token.split('.')[1]];
  const pem = orderzapctl('keygen', '--public', path('second.pem'));
  await assertAllRefused({ 'HS256 with the public key': `${head}.${payload}.${createHmac('sha256', pem).update(`${head}.${payload}`).digest('base64url')}` });
  const hs = expectStatus(await post(stack, '/api/auth/refresh', { body: { refresh_token: es.refresh_token } }), 200).json;
  assert.deepEqual(headerOf(hs.access_token), { alg: 'HS256', typ: 'JWT' });
  expectStatus(await me(hs.access_token), 200);
  assert.equal(await reload({ JWT_ALG: 'ES256' }), '');
  await assertAllRefused({ 'HS256 at ES256': hs.access_token });
  const again = expectStatus(await post(stack, '/api/auth/refresh', { body: { refresh_token: hs.refresh_token } }), 200).json;
  expectStatus(await me(again.access_token), 200);
  expectStatus(await me(es.access_token), 200);
});

test('the private key is in no log and in no process\'s arguments or environment', async () => {
  const inner = readFileSync(path('second.pem'), 'utf8').split('\n')[1];
  assert.ok(!readFileSync(stack.logFile, 'utf8').includes(inner));
  assert.equal(statSync(first.file).mode & 0o777, 0o600);
  const master = Number(readFileSync(pidFile(), 'utf8'));
  for (const name of ['cmdline', 'environ']) assert.ok(!readFileSync(`/proc/${master}/${name}`, 'utf8').includes(inner));
});
