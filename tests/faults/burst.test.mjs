// A burst: connections that are open already all ask at the same moment. A
// thousand orders are placed; of four thousand, those that would wait too long are
// refused in the promised form, and right after it all is as before. And what
// much work leaves in a worker.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { connect, createSecureContext } from 'node:tls';
import { expectStatus, get, lineOf, newKey, openSession, orderOf, post, readMenu, tokenOf } from '../api/lib/client.mjs';
import { childrenOf, ownMemory, workersOf } from '../api/lib/processes.mjs';
import { reload } from '../api/lib/settings.mjs';
import { startStack } from '../api/lib/stack.mjs';
import { patience, until } from '../api/lib/until.mjs';

let stack, guests, body;
before(async () => {
  stack = await startStack({ settings: { REQUEST_MAX_AGE_MS: 14000, DATABASE_POOL_MIN: 4, DATABASE_POOL_MAX: 8 } });
  // Four thousand handshakes may take longer than nginx waits for the first of them to say something.
  const site = `${stack.dir}/nginx/site.conf`;
  writeFileSync(site, readFileSync(site, 'utf8').replace(/client_header_timeout 15s;/, 'client_header_timeout 120s;'));
  const nginx = Number(readFileSync(`${stack.dir}/nginx/nginx.pid`, 'utf8')), old = childrenOf(nginx);
  process.kill(nginx, 'SIGHUP');
  await until('its old workers are gone, which end the connections that they keep', () => !childrenOf(nginx).some((pid) => old.includes(pid)));
  guests = [];
  for (let table = 0; table < 8; table++) guests.push(await openSession(stack, table));
  body = JSON.stringify(orderOf(lineOf((await readMenu(stack)).items.find((i) => i.is_available))));
});
after(() => stack?.stop());

const secureContext = createSecureContext(); // of all of them: one for each would take longer than its handshake
const open = () => new Promise((done, failed) => {
  const socket = connect({ port: stack.port, host: '127.0.0.1', rejectUnauthorized: false, secureContext });
  socket.once('secureConnect', () => done(socket.off('error', failed).on('error', () => {}).resume())).once('error', failed);
});

/**
 * n connections, some at a time: that many handshakes are not what is tested.
 * nginx closes what says nothing for a while; then another takes its place.
 */
async function openAll(n) {
  let sockets = [];
  while (sockets.length < n) {
    sockets.push(...await Promise.all(Array.from({ length: Math.min(200, n - sockets.length) }, open)));
    sockets = sockets.filter((socket) => !socket.readableEnded && !socket.destroyed);
  }
  return sockets;
}

/** Asks on one of them; the answer: {status, text, retryAfter}, or {failed} if there was none. */
function ask(socket, request) {
  return new Promise((done) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (part) => { text += part; });
    socket.once('error', (error) => done({ failed: error.message }));
    socket.once('end', () => {
      const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(text) ?? [];
      done(status ? { status: Number(status), text, retryAfter: Number(/^retry-after: (\d+)\r$/im.exec(text)?.[1]) } : { failed: 'no answer' });
    });
    socket.write(request);
  });
}

const order = (i) => `POST /api/orders HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer ${guests[i % guests.length].token}\r\n` +
  `Idempotency-Key: ${newKey()}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** All of them at the same moment. */
async function burst(n) {
  const sockets = await openAll(n), requests = sockets.map((_, i) => order(i));
  const answers = await Promise.all(sockets.map((socket, i) => ask(socket, requests[i])));
  assert.deepEqual(answers.filter((a) => a.failed), [], 'everybody is answered');
  return answers;
}

const orders = () => Number(stack.sqlValue('SELECT count(*) FROM orders'));

test('a thousand at once: each order is placed', async () => {
  const had = orders(), answers = await burst(1000);
  assert.deepEqual(answers.filter((a) => a.status !== 201).map((a) => a.text), []);
  assert.equal(orders(), had + 1000);
});

/** Places an order; how long it took, in milliseconds. */
async function time() {
  const start = performance.now();
  expectStatus(await post(stack, '/api/orders', { token: guests[0].token, key: newKey(), body: JSON.parse(body) }), 201);
  return performance.now() - start;
}

test('four thousand at once: placed or refused in the promised form, and a second later all is as before', async () => {
  await reload(stack, { REQUEST_MAX_AGE_MS: 1000 }); // from now on what waited for longer is refused
  let usual = 0; // the slowest of three
  for (let i = 0; i < 3; i++) usual = Math.max(usual, await time());
  const had = orders(), answers = await burst(4000);
  const placed = answers.filter((a) => a.status === 201), refused = answers.filter((a) => a.status !== 201);
  for (const { status, text, retryAfter } of refused) {
    assert.equal(status, 503, text);
    assert.match(text, /^content-type: application\/problem\+json\r$/im);
    assert.match(text, /"code": ?"overloaded"/);
    assert.ok(retryAfter >= 1, text);
  }
  const took = await time();
  console.error(`# ${placed.length} of 4000 placed, ${refused.length} refused; the next order took ${took.toFixed(0)} ms, before ${usual.toFixed(0)}`);
  assert.ok(took < (1000 + 3 * usual) * patience, `${took} ms, before ${usual}`);
  assert.ok(placed.length > 0 && refused.length > 0);
  assert.equal(orders(), had + placed.length + 1, 'what was refused was not done');
});

test('workers give back what long lists took', async () => {
  const token = await tokenOf(stack, 'waiter');
  const list = async () => assert.ok(expectStatus(await get(stack, '/api/orders?limit=200', { token, documented: false }), 200).text.length > 200_000);
  for (let i = 0; i < 8; i++) await Promise.all(Array.from({ length: 16 }, list));
  const memory = () => workersOf(stack.pid).map(ownMemory);
  console.error(`# own memory of the workers, KiB: ${memory()}`);
  await until('each has at most a mebibyte', () => memory().every((kib) => kib <= 1024), 3000);
  console.error(`# and at rest: ${memory()}`);
});
