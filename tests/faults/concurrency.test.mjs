// Many at once: order numbers without gaps or doubles, and idempotency keys
// under every kind of repetition.
import assert from 'node:assert/strict';
import https from 'node:https';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { expectStatus, get, joinSession, lineOf, newKey, openSession, orderOf, post, put, readMenu, tokenOf } from '../api/lib/client.mjs';
import { startStack } from '../api/lib/stack.mjs';

let stack;
let items;
let asha;
let bela;
before(async () => {
  stack = await startStack();
  ({ items } = await readMenu(stack));
  items = items.filter((i) => i.is_available);
  asha = await openSession(stack, 5);
  bela = await joinSession(stack, asha.code, asha.pin);
});
after(() => stack?.stop());

const order = (token, key, body = orderOf(lineOf(items[0]))) => post(stack, '/api/orders', { token, key, body });
const countKeyed = (key) => Number(stack.sqlValue(
  `SELECT count(*) FROM orders o JOIN idempotency_keys k ON k.location = '/api/orders/' || o.id WHERE k.key = '${key}'`));
const countOrders = () => Number(stack.sqlValue('SELECT count(*) FROM orders'));

/** Repeats until it is answered, as a client should. */
async function untilAnswered(send) {
  for (let i = 0; i < 100; i++) {
    const answer = await send();
    if (answer.json?.code !== 'idempotency_in_progress') return answer;
    await sleep(50);
  }
  throw new Error('still in progress');
}

test('64 orders at once are numbered 1 to 64, each once', async () => {
  const diners = [];
  for (let table = 0; table < 4; table++) {
    const opened = await openSession(stack, table);
    const joined = await joinSession(stack, opened.code, opened.pin);
    diners.push(opened, joined);
  }
  const answers = await Promise.all(Array.from({ length: 64 }, (_, i) =>
    order(diners[i % diners.length].token, newKey(), orderOf(lineOf(items[i % items.length], 1 + (i % 3))))));
  for (const answer of answers) expectStatus(answer, 201);
  const wanted = Array.from({ length: 64 }, (_, i) => i + 1);
  const sorted = (numbers) => numbers.map(Number).sort((a, b) => a - b);
  assert.deepEqual(sorted(answers.map((a) => a.json.order_number)), wanted);
  assert.deepEqual(sorted(stack.sql('SELECT order_number FROM orders').flat()), wanted);
  assert.equal(new Set(answers.map((a) => a.json.id)).size, 64);
  for (const [i, answer] of answers.entries()) {
    assert.equal(answer.json.session_id, diners[i % diners.length].session.id);
    assert.equal(answer.json.diner_id, diners[i % diners.length].diner.id);
  }
});

test('each restaurant counts for itself', async () => {
  const slug = 'caffe-lungarno';
  const menu = await readMenu(stack, slug);
  const line = lineOf(menu.items.find((i) => i.is_available));
  const waiter = await tokenOf(stack, 'waiter', slug);
  const table = stack.restaurant(slug).tables[0].id;
  const answers = await Promise.all(Array.from({ length: 8 }, () =>
    order(waiter, newKey(), { ...orderOf(line), table_id: table })));
  for (const answer of answers) expectStatus(answer, 201);
  assert.deepEqual(answers.map((a) => a.json.order_number).sort((a, b) => a - b), [1, 2, 3, 4, 5, 6, 7, 8]);
});

test('one key 50 times at once places one order', async () => {
  const key = newKey();
  const body = orderOf(lineOf(items[1], 2));
  const countBefore = countOrders();
  const answers = await Promise.all(Array.from({ length: 50 }, () => order(asha.token, key, body)));
  const placed = answers.filter((a) => a.status === 201);
  assert.ok(placed.length >= 1, 'nobody placed it');
  assert.equal(new Set(placed.map((a) => a.text)).size, 1, 'the answers differ');
  assert.equal(placed.filter((a) => a.headers.get('idempotent-replayed') === null).length, 1, 'one is the first');
  for (const answer of answers.filter((a) => a.status !== 201)) {
    assert.equal(answer.status, 409, answer.text);
    assert.equal(answer.json.code, 'idempotency_in_progress');
    assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
    assert.ok(Number(answer.headers.get('retry-after')) >= 1);
  }
  assert.equal(countOrders(), countBefore + 1);
  assert.equal(countKeyed(key), 1);
  const again = await Promise.all(answers.map(() => untilAnswered(() => order(asha.token, key, body))));
  for (const answer of again) {
    expectStatus(answer, 201);
    assert.equal(answer.headers.get('idempotent-replayed'), 'true');
    assert.equal(answer.text, placed[0].text);
    assert.equal(answer.headers.get('location'), placed[0].headers.get('location'));
    assert.equal(answer.headers.get('etag'), placed[0].headers.get('etag'));
  }
  assert.equal(countOrders(), countBefore + 1);
});

test('without a key each of ten equal orders is its own', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => order(asha.token)));
  for (const answer of answers) {
    expectStatus(answer, 201);
    assert.equal(answer.headers.get('idempotent-replayed'), null);
  }
  assert.equal(new Set(answers.map((a) => a.json.id)).size, 10);
});

test('a key with another body is refused', async () => {
  const key = newKey();
  const first = expectStatus(await order(asha.token, key, orderOf(lineOf(items[0], 1))), 201);
  const other = expectStatus(await order(asha.token, key, orderOf(lineOf(items[0], 2))), 422);
  assert.equal(other.json.code, 'idempotency_key_reused');
  assert.equal(other.headers.get('idempotent-replayed'), null);
  assert.equal((await order(asha.token, key, orderOf(lineOf(items[0], 1)))).text, first.text);
  assert.equal(countKeyed(key), 1);
});

test('a key with another path is refused', async () => {
  const key = newKey();
  const waiter = await tokenOf(stack, 'waiter');
  const table = stack.restaurant().tables[9].id;
  expectStatus(await order(waiter, key, { ...orderOf(lineOf(items[0])), order_type: 'takeaway' }), 201);
  const other = expectStatus(await post(stack, `/api/tables/${table}/session`, { token: waiter, key }), 422);
  assert.equal(other.json.code, 'idempotency_key_reused');
  assert.equal(stack.sqlValue(`SELECT count(*) FROM sessions WHERE table_id = '${table}'`), '0');
});

test('the same key of another caller is another key', async () => {
  const key = newKey();
  const body = orderOf(lineOf(items[0]));
  const waiter = await tokenOf(stack, 'waiter');
  const cashier = await tokenOf(stack, 'cashier');
  const table = { table_id: stack.restaurant().tables[6].id };
  const answers = [
    await order(asha.token, key, body), await order(bela.token, key, body),
    await order(waiter, key, { ...body, ...table }), await order(cashier, key, { ...body, ...table }),
  ];
  for (const answer of answers) {
    expectStatus(answer, 201);
    assert.equal(answer.headers.get('idempotent-replayed'), null);
  }
  assert.equal(new Set(answers.map((a) => a.json.id)).size, 4);
  // A new sign-in is the same person.
  const again = expectStatus(await order(await tokenOf(stack, 'waiter'), key, { ...body, ...table }), 201);
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  assert.equal(again.text, answers[2].text);
});

test('a key of 255 characters is good, a longer one malformed', async () => {
  const longest = 'k'.repeat(255);
  const placed = expectStatus(await order(asha.token, longest), 201);
  assert.equal((await order(asha.token, longest)).text, placed.text);
  const printable = Array.from({ length: 0x7f - 0x21 }, (_, i) => String.fromCharCode(0x21 + i)).join('');
  expectStatus(await order(asha.token, printable), 201);
  const count = countOrders();
  const tooLong = expectStatus(await order(asha.token, 'k'.repeat(256)), 400);
  assert.equal(tooLong.json.code, 'invalid_idempotency_key');
  assert.equal(countOrders(), count);
});

/** A header as fetch would not send it. */
function rawOrder(key) {
  const body = JSON.stringify(orderOf(lineOf(items[0])));
  return new Promise((done, failed) => {
    const request = https.request(`${stack.url}/api/orders`, {
      method: 'POST',
      rejectUnauthorized: false,
      headers: {
        Authorization: `Bearer ${asha.token}`, 'Content-Type': 'application/json',
        'Content-Length': Buffer.byteLength(body), 'Idempotency-Key': key,
      },
    }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => { text += part; })
        .on('end', () => done({ status: response.statusCode, json: JSON.parse(text) }));
    });
    request.once('error', failed).end(body);
  });
}

test('a key that is not printable ASCII is malformed', async () => {
  const count = countOrders();
  for (const key of ['caf\u00e9', '\u00a0x', 'a\tb', 'x\u00ff']) {
    const answer = await rawOrder(key);
    assert.equal(answer.status, 400, JSON.stringify(key));
    assert.equal(answer.json.code, 'invalid_idempotency_key');
  }
  assert.equal(countOrders(), count);
});

test('a replay is the first answer, also after the order moved on', async () => {
  const key = newKey();
  const first = expectStatus(await order(asha.token, key), 201);
  const waiter = await tokenOf(stack, 'waiter');
  expectStatus(await put(stack, `/api/orders/${first.json.id}`, { token: waiter, body: { status: 'confirmed' } }), 200);
  const replay = expectStatus(await order(asha.token, key), 201);
  assert.equal(replay.headers.get('idempotent-replayed'), 'true');
  assert.equal(replay.text, first.text);
  assert.equal(replay.json.status, 'pending');
  assert.equal(replay.headers.get('etag'), '"1"');
  assert.equal((await get(stack, `/api/orders/${first.json.id}`, { token: asha.token })).json.status, 'confirmed');
});

test('a refused request leaves its key free', async () => {
  const key = newKey();
  const refused = await order(asha.token, key, orderOf({ menu_item_id: '018cc251-f400-7104-8000-999999999999', quantity: 1 }));
  assert.equal(refused.status, 422, refused.text);
  const placed = expectStatus(await order(asha.token, key), 201);
  assert.equal(placed.headers.get('idempotent-replayed'), null);
});

test('a key older than 24 hours may be used again', async () => {
  const key = newKey();
  const first = expectStatus(await order(asha.token, key), 201);
  const age = (interval) => stack.sql(`UPDATE idempotency_keys SET created_at = now() - interval '${interval}' WHERE key = '${key}'`);
  age('23 hours 59 minutes');
  assert.equal((await order(asha.token, key)).text, first.text);
  age('24 hours 1 second');
  const other = orderOf(lineOf(items[2], 3));
  const second = expectStatus(await order(asha.token, key, other), 201);
  assert.equal(second.headers.get('idempotent-replayed'), null);
  assert.notEqual(second.json.id, first.json.id);
  const replay = expectStatus(await order(asha.token, key, other), 201);
  assert.equal(replay.headers.get('idempotent-replayed'), 'true');
  assert.equal(replay.text, second.text);
  assert.equal((await order(asha.token, key)).json.code, 'idempotency_key_reused');
  assert.equal(stack.sqlValue(`SELECT count(*) FROM idempotency_keys WHERE key = '${key}'`), '1');
});

test('twenty guests open one table at once: one session', async () => {
  const { code } = stack.restaurant().tables[7];
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) =>
    post(stack, '/api/r/spice-garden/sessions', { key: newKey(), body: { code, display_name: `Guest ${i}` } })));
  assert.equal(answers.filter((a) => a.status === 201).length, 1);
  for (const answer of answers.filter((a) => a.status !== 201)) {
    assert.equal(answer.status, 409, answer.text);
    assert.equal(answer.json.code, 'session_active');
  }
  assert.equal(stack.sqlValue(`SELECT count(*) FROM sessions WHERE table_id = '${stack.restaurant().tables[7].id}'`), '1');
});

test('ten waiters confirm one version at once: one does', async () => {
  const placed = expectStatus(await order(asha.token, newKey()), 201).json;
  const waiter = await tokenOf(stack, 'waiter');
  const answers = await Promise.all(Array.from({ length: 10 }, () => put(stack, `/api/orders/${placed.id}`,
    { token: waiter, headers: { 'If-Match': '"1"' }, body: { status: 'confirmed' } })));
  assert.equal(answers.filter((a) => a.status === 200).length, 1);
  for (const answer of answers.filter((a) => a.status !== 200)) assert.equal(answer.status, 412, answer.text);
  assert.equal(stack.sqlValue(`SELECT count(*) FROM order_status_history WHERE order_id = '${placed.id}'`), '2');
});

test('orders that meet the end of their session are in before it or refused', async () => {
  const guest = await openSession(stack, 8);
  const manager = await tokenOf(stack, 'manager');
  const orders = Array.from({ length: 20 }, () => order(guest.token, newKey()));
  const close = post(stack, `/api/sessions/${guest.session.id}/close`, { token: manager, body: { force: true, reason: 'test' } });
  const [closed, ...answers] = await Promise.all([close, ...orders]);
  expectStatus(closed, 200);
  for (const answer of answers)
    assert.ok([201, 401, 409].includes(answer.status), answer.text);
  const stored = Number(stack.sqlValue(`SELECT count(*) FROM orders WHERE session_id = '${guest.session.id}'`));
  assert.equal(stored, answers.filter((a) => a.status === 201).length);
  // What closed it has counted them all: none came after.
  const details = JSON.parse(stack.sqlValue(
    `SELECT details FROM session_activity_log WHERE session_id = '${guest.session.id}' AND action = 'session_closed'`));
  assert.equal(details.unpaid_orders ?? 0, stored);
});
