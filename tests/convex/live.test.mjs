// Subscriptions by the official client, over its websocket.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { patience, until } from '../api/lib/until.mjs';
import { startDeployment } from './lib/deployment.mjs';
import { load } from './lib/modules.mjs';
import { id, otherRestaurant, remove, restaurant, upsert } from './lib/samples.mjs';
import { claimsOf, newKey, tokenHs256, tokenOf } from './lib/sign.mjs';

const { ConvexClient } = await load('convex/browser');
const { anyApi: api } = await load('convex/server');
const { WebSocket } = await load('ws');

const key = newKey();
const token = (role, more) => tokenOf(key, claimsOf(role, restaurant, more));
let mirror;
before(async () => {
  mirror = await startDeployment({ jwks: key.jwksUrl });
});
after(() => mirror?.stop());
beforeEach(() => mirror.control('reset'));

/**
 * A client that follows a query: {seen} has each value, or the error, as it
 * comes. It asks for a token twice, and a new one has everything sent again.
 */
function follow(t, auth, fn, args) {
  const client = new ConvexClient(mirror.url, { webSocketConstructor: WebSocket, unsavedChangesWarning: false, logger: false });
  t.after(() => client.close());
  const seen = [];
  const states = [];
  if (auth) client.setAuth(async () => auth, (isAuthenticated) => states.push(isAuthenticated));
  client.onUpdate(fn, { restaurantId: restaurant, ...args }, (value) => seen.push(value), (error) => seen.push(error));
  return { seen, states, last: () => seen.at(-1) };
}

const numbersOf = (orders) => JSON.stringify(Array.isArray(orders) ? orders.map((o) => o.orderNumber) : orders);
const shows = (screen, numbers) => until(`orders ${numbers}`, () => numbersOf(screen.last()) === JSON.stringify(numbers));

test("the kitchen's orders follow what the sync sends", async (t) => {
  const screen = follow(t, token('kitchen'), api.orders.live, { status: 'pending' });
  await shows(screen, []);
  await mirror.apply(upsert('order', 1, 1), upsert('order', 2, 1));
  await shows(screen, [1, 2]);
  await mirror.apply(upsert('order', 1, 2, { status: 'ready' }));
  await shows(screen, [2]);
  await mirror.apply(remove('order', 2, 2));
  await shows(screen, []);
});

test('what concerns another session is not sent', async (t) => {
  const sessionId = id(1, 6);
  const phone = follow(t, token('diner', { sessionId }), api.orders.bySession, { sessionId });
  await shows(phone, []);
  const before = phone.seen.length;
  await mirror.apply(upsert('order', 1, 1, { sessionId: id(2, 6) }), upsert('order', 2, 1, { restaurantId: otherRestaurant }));
  await mirror.apply(upsert('order', 3, 1));
  await shows(phone, [3]);
  assert.equal(phone.seen.length, before + 1);
});

test('a stale batch changes no screen', async (t) => {
  await mirror.apply(upsert('order', 1, 5));
  const screen = follow(t, token('waiter'), api.orders.live, { status: 'pending' });
  await shows(screen, [1]);
  const before = screen.seen.length;
  await mirror.apply(upsert('order', 1, 4, { status: 'ready' }));
  await mirror.apply(upsert('order', 2, 1));
  await shows(screen, [1, 2]);
  assert.equal(screen.seen.length, before + 1);
});

test('without a token, or with one of another restaurant, a subscription fails', async (t) => {
  const stranger = tokenOf(key, claimsOf('owner', otherRestaurant));
  for (const auth of [undefined, stranger]) {
    const screen = follow(t, auth, api.orders.live, { status: 'pending' });
    await until('an answer', () => screen.seen.length > 0);
    assert.equal(screen.last().data?.code, 'FORBIDDEN');
  }
});

test('a token signed HS256 is not believed', async (t) => {
  const screen = follow(t, tokenHs256(key, claimsOf('owner', restaurant), 'x'.repeat(32)), api.orders.live, { status: 'pending' });
  await until('the refusal', () => screen.states.includes(false));
  await until('an answer without a token', () => screen.seen.length > 0);
  assert.equal(screen.last().data?.code, 'FORBIDDEN');
});

test('a client that lost the connection finds what it has missed', async (t) => {
  const screen = follow(t, token('kitchen'), api.orders.live, { status: 'pending' });
  await shows(screen, []);
  const { port } = new URL(mirror.url);
  await mirror.stop();
  mirror = await startDeployment({ port: Number(port), jwks: key.jwksUrl });
  await mirror.apply(upsert('order', 1, 1));
  await shows(screen, [1]);
});

/** The messages of a websocket without a client: {send, next}; next(type): the next of that type. */
async function connect(t) {
  const socket = new WebSocket(`${mirror.url.replace('http', 'ws')}/api/1.44.0/sync`);
  t.after(() => socket.terminate());
  const messages = [];
  socket.on('message', (text) => messages.push(JSON.parse(text)));
  await new Promise((done, failed) => socket.on('open', done).on('error', failed));
  return {
    send: (message) => socket.send(JSON.stringify(message)),
    next: (type) => until(type, () => messages.splice(0, messages.findIndex((m) => m.type === type) + 1).at(-1)),
  };
}

test('nothing is sent before a client has said that it begins', async (t) => {
  const { send, next } = await connect(t);
  await mirror.apply(upsert('order', 1, 1));
  send({ type: 'Connect', sessionId: id(2), connectionCount: 0, lastCloseReason: null, clientTs: Date.now() });
  send({ type: 'Authenticate', tokenType: 'User', value: token('kitchen'), baseVersion: 0 });
  const { startVersion, endVersion } = await next('Transition');
  assert.deepEqual([startVersion.identity, startVersion.ts, endVersion.identity], [0, 'AAAAAAAAAAA=', 1]);
});

test('a token that ends stops its subscription', async (t) => {
  const { send, next } = await connect(t);
  const exp = Math.floor(Date.now() / 1000) + 2 + patience;
  send({ type: 'Connect', sessionId: id(1), connectionCount: 0, lastCloseReason: null, clientTs: Date.now() });
  send({ type: 'Authenticate', tokenType: 'User', value: token('kitchen', { exp }), baseVersion: 0 });
  assert.equal((await next('Transition')).endVersion.identity, 1);
  const query = { type: 'Add', queryId: 0, udfPath: 'orders:live', args: [{ restaurantId: restaurant, status: 'pending' }] };
  send({ type: 'ModifyQuerySet', baseVersion: 0, newVersion: 1, modifications: [query] });
  assert.deepEqual((await next('Transition')).modifications.map((m) => [m.type, m.value]), [['QueryUpdated', []]]);
  await until('the end of the token', () => Date.now() / 1000 > exp);
  await mirror.apply(upsert('order', 1, 1));
  const { baseVersion, authUpdateAttempted } = await next('AuthError');
  assert.deepEqual([baseVersion, authUpdateAttempted], [1, false]);
  send({ type: 'Authenticate', tokenType: 'User', value: token('kitchen'), baseVersion: 1 });
  assert.equal((await next('Transition')).modifications[0].value.length, 1);
});
