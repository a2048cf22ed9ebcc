// The public queries by the official client: what each caller sees, and which
// tokens are believed.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { startDeployment } from './lib/deployment.mjs';
import { load } from './lib/modules.mjs';
import { documentOf, entities, id, otherRestaurant, restaurant, upsert } from './lib/samples.mjs';
import { claimsOf, newKey, tokenHs256, tokenNone, tokenOf } from './lib/sign.mjs';

const { ConvexHttpClient } = await load('convex/browser');
const { anyApi: api } = await load('convex/server');
const { ConvexError } = await load('convex/values');

const key = newKey();
const staff = ['owner', 'manager', 'cashier', 'waiter', 'kitchen'];
const session = id(1, 6);
const otherSession = id(2, 6);
const token = (role, more) => tokenOf(key, claimsOf(role, restaurant, more));
const diner = (sessionId, more) => token('diner', { sessionId, ...more });

let mirror;
before(async () => {
  mirror = await startDeployment({ jwks: key.jwksUrl });
  await mirror.apply(...entities.map((entity) => upsert(entity, 1, 1)),
    upsert('order', 2, 1, { sessionId: otherSession, status: 'preparing', createdAt: 1 }),
    upsert('order', 3, 1, { sessionId: undefined, orderType: 'takeaway', status: 'completed' }),
    upsert('session', 2, 1, { createdAt: 1 }), upsert('session', 3, 1, { status: 'closed', closedAt: 5 }),
    upsert('menu_item', 2, 1, { categoryId: id(2, 2), position: 0 }), upsert('menu_category', 2, 1, { position: 0 }),
    upsert('menu_item_option', 2, 1, { menuItemId: id(2, 3) }), upsert('table', 2, 1, { name: 'A1' }),
    upsert('payment', 2, 1, { sessionId: otherSession }), upsert('receipt', 2, 1, { sessionId: otherSession }),
    ...entities.map((entity) => upsert(entity, 9, 1, { restaurantId: otherRestaurant })));
});
after(() => mirror?.stop());

const clientOf = (auth) => new ConvexHttpClient(mirror.url, { logger: false, ...(auth ? { auth } : {}) });
const ask = (auth, fn, args = {}) => clientOf(auth).query(fn, { restaurantId: restaurant, ...args });
const idsOf = (rows) => rows.map((row) => row.pgId);
const isForbidden = (error) => error instanceof ConvexError && error.data.code === 'FORBIDDEN';
const forbidden = (auth, fn, args) => assert.rejects(ask(auth, fn, args), isForbidden);

const everything = [
  [api.orders.live, { status: 'pending' }],
  [api.orders.bySession, { sessionId: session }],
  [api.orders.get, { pgId: id(1, 1) }],
  [api.orderItems.kitchen, {}],
  [api.menuCategories.list, {}],
  [api.menuItems.list, {}],
  [api.menuItemOptions.byItem, { menuItemId: id(1, 3) }],
  [api.tables.list, {}],
  [api.sessions.current, {}],
  [api.payments.bySession, { sessionId: session }],
  [api.businessDays.list, { from: '2026-11-01', to: '2026-11-30' }],
  [api.drawers.byDay, { businessDate: '2026-11-22' }],
  [api.receipts.bySession, { sessionId: session }],
];

test('staff see their restaurant', async () => {
  for (const role of staff) {
    const me = token(role);
    assert.deepEqual(idsOf(await ask(me, api.orders.live, { status: 'pending' })), [id(1, 1)], role);
    assert.deepEqual(idsOf(await ask(me, api.orders.bySession, { sessionId: otherSession })), [id(2, 1)], role);
    assert.equal((await ask(me, api.orders.get, { pgId: id(3, 1) })).orderType, 'takeaway');
    assert.deepEqual(idsOf(await ask(me, api.tables.list)), [id(2, 5), id(1, 5)], 'by name');
    assert.deepEqual(idsOf(await ask(me, api.sessions.current)), [id(2, 6), id(1, 6)], 'the active ones, oldest first');
  }
});

test('a whole order comes as it was sent', async () => {
  const { _id, _creationTime, ...order } = await ask(token('waiter'), api.orders.get, { pgId: id(1, 1) });
  assert.deepEqual(order, documentOf('order', 1, 1));
});

test('the kitchen: open lines, oldest order first, by station', async () => {
  const lines = await ask(token('kitchen'), api.orderItems.kitchen);
  assert.deepEqual(lines.map((l) => [l.orderNumber, l.station]), [[2, 'hot'], [2, 'cold'], [1, 'hot'], [1, 'cold']]);
  const hot = await ask(token('kitchen'), api.orderItems.kitchen, { station: 'hot' });
  assert.deepEqual(hot.map((l) => [l.orderId, l.orderStatus]), [[id(2, 1), 'preparing'], [id(1, 1), 'pending']]);
  await mirror.apply(upsert('order', 4, 1, { items: documentOf('order', 4).items.map((l) => ({ ...l, status: 'served' })) }));
  assert.equal((await ask(token('kitchen'), api.orderItems.kitchen)).length, 4, 'what is served is not to be made');
});

test('the menu, for staff and diners', async () => {
  for (const me of [token('waiter'), diner(session)]) {
    assert.deepEqual(idsOf(await ask(me, api.menuCategories.list)), [id(2, 2), id(1, 2)], 'by position');
    assert.deepEqual(idsOf(await ask(me, api.menuItems.list)), [id(2, 3), id(1, 3)]);
    assert.deepEqual(idsOf(await ask(me, api.menuItems.list, { categoryId: id(1, 2) })), [id(1, 3)]);
    const [option] = await ask(me, api.menuItemOptions.byItem, { menuItemId: id(1, 3) });
    assert.equal(option.values[0].priceModifier, 2000);
  }
});

test('a diner sees the own session and nothing else', async () => {
  const me = diner(session);
  assert.deepEqual(idsOf(await ask(me, api.orders.bySession, { sessionId: session })), [id(1, 1), id(4, 1)]);
  assert.deepEqual(idsOf(await ask(me, api.sessions.current)), [session]);
  assert.equal((await ask(me, api.orders.get, { pgId: id(1, 1) })).orderNumber, 1);
  assert.equal(await ask(me, api.orders.get, { pgId: id(2, 1) }), null, "another session's order");
  assert.equal(await ask(me, api.orders.get, { pgId: id(3, 1) }), null, 'an order of no session');
  await forbidden(me, api.orders.bySession, { sessionId: otherSession });
  await forbidden(me, api.orders.live, { status: 'pending' });
  await forbidden(me, api.orderItems.kitchen);
  await forbidden(me, api.tables.list);
  await forbidden(me, api.payments.bySession, { sessionId: session });
  await forbidden(me, api.receipts.bySession, { sessionId: session });
});

test('drawers: cashiers and up', async () => {
  await mirror.apply(upsert('drawer', 2, 1, { businessDate: '2026-11-23' }));
  for (const role of ['cashier', 'manager', 'owner'])
    assert.deepEqual(idsOf(await ask(token(role), api.drawers.byDay, { businessDate: '2026-11-22' })), [id(1, 13)], role);
  for (const me of [token('waiter'), token('kitchen'), diner(session)]) await forbidden(me, api.drawers.byDay, { businessDate: '2026-11-22' });
});

test('closed business days: managers and owners', async () => {
  const days = { from: '2026-11-01', to: '2026-11-30' };
  await mirror.apply(upsert('business_day', 3), upsert('business_day', 4));
  for (const role of ['manager', 'owner']) {
    assert.deepEqual((await ask(token(role), api.businessDays.list, days)).map((d) => d.number), [4, 3, 1], 'the latest first');
    assert.deepEqual((await ask(token(role), api.businessDays.list, { from: '2026-11-02', to: '2026-11-03' })).map((d) => d.number), [3]);
  }
  for (const me of [...['cashier', 'waiter', 'kitchen'].map((role) => token(role)), diner(session)]) await forbidden(me, api.businessDays.list, days);
});

test('payments and receipts: staff but the kitchen', async () => {
  for (const role of staff.filter((r) => r !== 'kitchen')) {
    assert.deepEqual(idsOf(await ask(token(role), api.payments.bySession, { sessionId: session })), [id(1, 7)], role);
    assert.deepEqual(idsOf(await ask(token(role), api.receipts.bySession, { sessionId: session })), [id(1, 12)], role);
  }
  await forbidden(token('kitchen'), api.payments.bySession, { sessionId: session });
  await forbidden(token('kitchen'), api.receipts.bySession, { sessionId: session });
});

test("another restaurant's rows: nobody sees them, nor do its people see ours", async () => {
  const strangers = [tokenOf(key, claimsOf('owner', otherRestaurant)), tokenOf(key, claimsOf('diner', otherRestaurant, { sessionId: session }))];
  for (const [fn, args] of everything) {
    for (const stranger of strangers) await forbidden(stranger, fn, args);
    await forbidden(token('owner'), fn, { ...args, restaurantId: otherRestaurant });
  }
  assert.equal(await ask(token('owner'), api.orders.get, { pgId: id(9, 1) }), null);
});

test('without a token, or with claims of nobody, nothing', async () => {
  const nobodies = [undefined, token('admin'), token('diner'), token('diner', { sessionId: '' }), token('owner', { restaurantId: undefined }),
    token(['owner']), token('diner', { sessionId: 7 })];
  for (const [fn, args] of everything) for (const nobody of nobodies) await forbidden(nobody, fn, args);
  await forbidden(token('owner', { restaurantId: '' }), api.tables.list, { restaurantId: '' });
});

test('clients cannot call the sync, with any token', async () => {
  for (const me of [undefined, token('owner')]) {
    await assert.rejects(clientOf(me).mutation(api.sync.applyBatch, { changes: [] }), /Server Error/);
    await assert.rejects(clientOf(me).query(api.sync.versions, { entity: 'order', restaurantId: restaurant, after: null, limit: 1 }), /Server Error/);
  }
});

// The status and code that a token gets.
async function refusalOf(auth, deployment = mirror) {
  const { status, json } = await deployment.post('/api/query', { path: 'tables:list', args: { restaurantId: restaurant }, format: 'json' },
    { key: null, headers: { Authorization: `Bearer ${auth}` } });
  return json.code ? `${status} ${json.code}` : `${status} ${json.status}`;
}

test('tokens: only a current one, signed by the key, for us', async () => {
  const now = Math.floor(Date.now() / 1000);
  const claims = claimsOf('owner', restaurant);
  const good = tokenOf(key, claims);
  const [header, payload, signature] = good.split('.');
  const other = newKey(key.kid);
  const publicText = key.publicKey.export({ type: 'spki', format: 'pem' });
  const raised = Buffer.from(JSON.stringify({ ...claims, restaurantId: otherRestaurant })).toString('base64url');
  assert.equal(await refusalOf(good), '200 success');
  const bad = {
    expired: token('owner', { exp: now - 60 }),
    'without an end': token('owner', { exp: undefined }),
    'not yet valid': token('owner', { nbf: now + 60 }),
    'of nobody': token('owner', { sub: undefined }),
    'of another key': tokenOf(other, claims),
    'of an unknown key': tokenOf(newKey('other'), claims),
    'without a key id': tokenOf(key, claims, { kid: undefined }),
    'with other claims': `${header}.${raised}.${signature}`,
    'without a signature': `${header}.${payload}.`,
    'that names another algorithm': tokenOf(key, claims, { alg: 'RS256' }),
    'that names none': tokenOf(key, claims, { alg: 'none' }),
    'signed by none': tokenNone(key, claims),
    'HS256 by the public key': tokenHs256(key, claims, publicText),
    'HS256 by a secret': tokenHs256(key, claims, 'x'.repeat(32)),
    'said to be ES256 but HS256': tokenHs256(key, claims, publicText).replace(/^[^.]*/, header),
    'a text': 'nonsense',
  };
  for (const [what, auth] of Object.entries(bad)) assert.equal(await refusalOf(auth), '401 InvalidAuthHeader', what);
  for (const more of [{ iss: 'https://example.com' }, { iss: undefined }, { aud: 'other' }, { aud: undefined }]) {
    assert.equal(await refusalOf(token('owner', more)), '401 NoAuthProvider', JSON.stringify(more));
  }
});

test('the key set may be behind a URL, which must say that it is JSON', async (t) => {
  let type = 'application/json';
  const server = createServer((request, response) => {
    response.writeHead(200, { 'Content-Type': type });
    response.end(JSON.stringify(key.jwks));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => server.close());
  const deployment = await startDeployment({ jwks: `http://127.0.0.1:${server.address().port}/jwks.json` });
  t.after(() => deployment.stop());
  assert.equal(await refusalOf(token('owner'), deployment), '200 success');
  type = 'text/html';
  assert.equal(await refusalOf(token('owner'), deployment), '401 InvalidAuthHeader');
});
