// The whole way: QR code, session with PIN, a second diner, orders with
// options, the kitchen, the history, the end of the session.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { expectStatus, get, joinSession, lineOf, newKey, openSession, orderOf, post, put, readMenu, tokenOf } from './lib/client.mjs';
import { shareStack } from './lib/shared.mjs';

let stack;
before(async () => {
  stack = await shareStack();
});
after(() => stack?.stop());

test('a guest orders, the kitchen cooks, the waiter serves, the session ends', async () => {
  const { code } = stack.restaurant().tables[4];
  const welcome = expectStatus(await get(stack, `/api/r/${stack.slug}/tables/${code}`), 200).json;
  assert.equal(welcome.restaurant.slug, stack.slug);
  assert.equal(welcome.table.id, stack.restaurant().tables[4].id);
  assert.equal(welcome.session, null);

  const asha = await openSession(stack, 4);
  assert.match(asha.pin, /^\d{4}$/);
  assert.equal((await get(stack, `/api/r/${stack.slug}/tables/${code}`)).json.session.active, true);
  const bela = await joinSession(stack, code, asha.pin);
  assert.equal(bela.session.id, asha.session.id);

  const { items } = await readMenu(stack);
  const withOption = items.find((i) => i.is_available && i.options.some((o) => o.min_select > 0));
  const line = { ...lineOf(withOption, 2), special_instructions: 'less salt' };
  const placed = expectStatus(await post(stack, '/api/orders', { token: bela.token, key: newKey(), body: orderOf(line) }), 201);
  const order = placed.json;
  assert.equal(placed.headers.get('location'), `/api/orders/${order.id}`);
  assert.equal(order.status, 'pending');
  assert.equal(order.session_id, asha.session.id);
  assert.equal(order.diner_id, bela.diner.id);
  assert.equal(order.items[0].customizations.length, line.customizations.length);
  assert.equal(order.items[0].special_instructions, 'less salt');

  // Asha sees what Bela ordered.
  const current = expectStatus(await get(stack, '/api/sessions/current', { token: asha.token }), 200).json;
  assert.deepEqual(current.diners.map((d) => d.display_name).sort(), ['Asha', 'Bela']);
  assert.deepEqual(current.orders.map((o) => o.id), [order.id]);

  const waiter = await tokenOf(stack, 'waiter');
  const kitchen = await tokenOf(stack, 'kitchen');
  const steps = [[waiter, 'confirmed'], [kitchen, 'preparing'], [kitchen, 'ready'], [waiter, 'served'], [waiter, 'completed']];
  let version = 1;
  for (const [token, status] of steps) {
    const moved = expectStatus(await put(stack, `/api/orders/${order.id}`,
      { token, headers: { 'If-Match': `"${version}"` }, body: { status } }), 200);
    assert.equal(moved.json.status, status);
    version += 1;
    assert.equal(moved.json.version, version);
    assert.equal(moved.headers.get('etag'), `"${version}"`);
  }
  assert.ok((await get(stack, `/api/orders/${order.id}`, { token: asha.token })).json.items.every((i) => i.status === 'served'));

  const history = expectStatus(await get(stack, `/api/orders/${order.id}/history`, { token: asha.token }), 200).json.data;
  assert.deepEqual(history.map((h) => [h.from, h.to, h.actor_role]), [
    [null, 'pending', 'diner'], ['pending', 'confirmed', 'waiter'], ['confirmed', 'preparing', 'kitchen'],
    ['preparing', 'ready', 'kitchen'], ['ready', 'served', 'waiter'], ['served', 'completed', 'waiter']]);
  assert.equal(history[0].actor_id, bela.diner.id);
  assert.equal(history[0].actor_name, 'Bela');

  const unpaid = await post(stack, `/api/sessions/${asha.session.id}/close`, { token: waiter });
  assert.equal(unpaid.status, 409);
  assert.equal(unpaid.json.code, 'unpaid_orders');
  const manager = await tokenOf(stack, 'manager');
  const closed = expectStatus(await post(stack, `/api/sessions/${asha.session.id}/close`,
    { token: manager, body: { force: true, reason: 'paid at the bar' } }), 200).json;
  assert.equal(closed.status, 'closed');
  for (const { token } of [asha, bela]) {
    const ended = await get(stack, '/api/sessions/current', { token });
    assert.equal(ended.status, 401);
    assert.equal(ended.json.code, 'session_ended');
    assert.equal((await post(stack, '/api/orders', { token, body: orderOf(line) })).status, 401);
  }
  // The printed code alone reaches nothing.
  assert.equal((await post(stack, `/api/r/${stack.slug}/sessions/join`,
    { body: { code, pin: asha.pin, display_name: 'Eve' } })).status, 409);

  const actions = stack.sql(`SELECT action FROM session_activity_log WHERE session_id = '${asha.session.id}' ORDER BY id`).flat();
  assert.deepEqual(actions, ['session_opened', 'diner_joined', 'order_placed', 'session_closed']);
});
