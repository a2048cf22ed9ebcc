// Two restaurants that know nothing of each other, and who may do what. Both
// tests of the routes read the route table itself: a new route without a case
// here fails them.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { call, expectStatus, get, joinSession, lineOf, newKey, openSession, post, put, readMenu, signIn, tokenOf } from './lib/client.mjs';
import { shareStack } from './lib/shared.mjs';
import { root } from './lib/stack.mjs';

const staffRoles = ['kitchen', 'waiter', 'cashier', 'manager', 'owner'];

/** The route table: [{method, pattern, tenant}]. */
const routes = [...readFileSync(join(root, 'src/api/routes.def'), 'utf8')
  .matchAll(/^ROUTE(?:_QUERY)?\("([A-Z]+)", "([^"]+)", (TENANT_[A-Z]+),/gm)].map(([, method, pattern, tenant]) => ({ method, pattern, tenant }));
const nameOf = ({ method, pattern }) => `${method} ${pattern}`;

let stack, ours, theirs;
const here = {}, there = {}; // of each: tokens by role, menu item, an open session with diners and orders
before(async () => {
  stack = await shareStack();
  ({ slug: ours, otherSlug: theirs } = stack);
  stack.sql(`UPDATE restaurants SET session_opening = 'diner'`);
  for (const [side, slug] of [[here, ours], [there, theirs]]) {
    Object.assign(side, { slug, id: stack.restaurant(slug).id, tables: stack.restaurant(slug).tables, tokens: {} });
    for (const role of staffRoles) side.tokens[role] = await tokenOf(stack, role, slug);
    side.item = (await readMenu(stack, slug)).items.find((i) => i.is_available);
    side.body = { order_type: 'dine_in', items: [lineOf(side.item)] };
    side.session = await openSession(stack, 0, { slug });
    side.tokens.diner = side.session.token;
    side.order = expectStatus(await post(stack, '/api/orders', { token: side.session.token, body: side.body }), 201).json;
    const [member, category, option] = ['staff', 'menu_categories', 'menu_item_options'].map((name) => stack.sqlValue(`SELECT id FROM ${name}
      WHERE restaurant_id = '${side.id}' ${name === 'staff' ? "AND role = 'waiter'" : ''} ORDER BY id LIMIT 1`));
    const serviceCall = expectStatus(await post(stack, '/api/service-calls', { token: side.session.token, body: { kind: 'water' } }), 201).json.id;
    Object.assign(side, { member, category, option, serviceCall });
    expectStatus(await put(stack, '/api/restaurant/providers/card-pay', { token: side.tokens.owner, body: { secret: `the secret of ${slug}` } }), 200);
    const money = { order_id: side.order.id, amount: 10, tip_amount: 1 };
    side.payment = expectStatus(await post(stack, '/api/payments', { token: side.tokens.waiter, body: { ...money, method: 'cash' } }), 201).json;
    side.intent = expectStatus(await post(stack, '/api/payments/intents', { token: side.session.token, body: { ...money, provider: 'card-pay' } }), 201).json;
    side.order = expectStatus(await get(stack, `/api/orders/${side.order.id}`, { token: side.session.token }), 200).json;
    side.drawer = expectStatus(await post(stack, '/api/drawers', { token: side.tokens.owner, body: { float: 100 } }), 201).json;
    expectStatus(await post(stack, '/api/shift-notes', { token: side.tokens.owner, body: { text: `the ice of ${slug}` } }), 201);
    side.takeaway = expectStatus(await post(stack, '/api/orders', { token: side.tokens.waiter, body: { ...side.body, order_type: 'takeaway' } }), 201).json;
    side.receipt = expectStatus(await post(stack, `/api/orders/${side.order.id}/receipts`, { token: side.tokens.waiter }), 201).json;
  }
  here.second = await openSession(stack, 1, { slug: ours, name: 'Omar' });
  here.secondOrder = expectStatus(await post(stack, '/api/orders', { token: here.second.token, body: here.body }), 201).json;
});
after(() => stack?.stop());

/** The answer but for what differs each time. */
function comparable(answer) {
  const { request_id: _, ...body } = answer.json ?? {};
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => !['x-request-id', 'date'].includes(name)));
  return { status: answer.status, body, headers };
}

let owned; // the tables with a restaurant's rows
/**
 * All that a restaurant owns but for sign-ins and for events, which go by themselves: a line of each table,
 * with its name and the hash of its rows.
 */
function everythingOf(side) {
  owned ??= stack.sql(`SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.column_name = 'restaurant_id'
      AND c.table_name NOT IN ('refresh_tokens', 'slugs', 'events') ORDER BY 1`).flat();
  assert.ok(owned.length >= 20);
  return stack.sql(owned.map((name) => `SELECT '${name}', coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), 'none')
    FROM "${name}" t WHERE restaurant_id = '${side.id}'`).join(' UNION ALL ')).map((row) => row.join(': ')).sort();
}

test('the route table was read', () => {
  const lines = readFileSync(join(root, 'src/api/routes.def'), 'utf8').split('\n').filter((line) => line.startsWith('ROUTE'));
  assert.equal(routes.length, lines.length, 'a row is written otherwise than the others');
  assert.ok(routes.length >= 24);
  assert.equal(new Set(routes.map(nameOf)).size, routes.length);
});

// ---- Ids of the other restaurant

// How each route with an {id} is called: whose id, by whom, with which body.
const waiters = ['waiter', 'cashier', 'manager', 'owner'], cashiers = ['cashier', 'manager', 'owner'], managers = ['manager', 'owner'], all = ['diner', ...staffRoles];
const idCases = {
  'GET /api/staff/{id}': { of: 'member', by: managers },
  'PATCH /api/staff/{id}': { of: 'member', by: managers, bodies: [{ display_name: 'x' }, { role: 'kitchen' }, { is_active: false }] },
  'DELETE /api/staff/{id}': { of: 'member', by: managers },
  'PATCH /api/menu/categories/{id}': { of: 'category', by: managers, bodies: [{ name: 'x' }] },
  'DELETE /api/menu/categories/{id}': { of: 'category', by: managers },
  'GET /api/menu/items/{id}': { of: 'item', by: staffRoles },
  'PATCH /api/menu/items/{id}': { of: 'item', by: ['kitchen', ...managers], bodies: [{ is_available: false }] },
  'DELETE /api/menu/items/{id}': { of: 'item', by: managers },
  'POST /api/menu/items/{id}/options': { of: 'item', by: managers, bodies: [{ name: 'x', values: [{ name: 'y' }] }] },
  'PATCH /api/menu/options/{id}': { of: 'option', by: managers, bodies: [{ name: 'x' }, { values: [{ name: 'y' }] }] },
  'DELETE /api/menu/options/{id}': { of: 'option', by: managers },
  'GET /api/tables/{id}': { of: 'table', by: waiters },
  'PATCH /api/tables/{id}': { of: 'table', by: managers, bodies: [{ name: 'x', seats: 2, zone: null }] },
  'DELETE /api/tables/{id}': { of: 'table', by: managers },
  'POST /api/tables/{id}/qr': { of: 'table', by: managers },
  'GET /api/tables/{id}/qr.svg': { of: 'table', by: waiters },
  'GET /api/tables/{id}/qr.png': { of: 'table', by: waiters },
  'POST /api/tables/{id}/session': { of: 'table', by: waiters },
  'GET /api/sessions/{id}': { of: 'session', by: waiters },
  'PATCH /api/sessions/{id}': { of: 'session', by: waiters, bodies: [{ guest_count: 3 }, { guest_count: null }] },
  'POST /api/sessions/{id}/close': { of: 'session', by: waiters, bodies: [undefined, {}, { reason: 'x' }] },
  'POST /api/sessions/{id}/pin': { of: 'session', by: waiters },
  'DELETE /api/sessions/{id}/diners/{diner_id}': { of: 'session', by: waiters },
  'POST /api/sessions/{id}/diners/{diner_id}/link': { of: 'session', by: waiters },
  'POST /api/sessions/{id}/extend': { of: 'session', by: waiters, bodies: [{ minutes: 10 }] },
  'POST /api/sessions/{id}/reopen': { of: 'session', by: managers },
  'POST /api/sessions/{id}/move': { of: 'session', by: waiters, bodies: (side) => [{ table_id: side.tables[2].id }] },
  'POST /api/sessions/{id}/merge': { of: 'session', by: waiters, bodies: (side) => [{ session_id: side.session.session.id }] },
  'GET /api/sessions/{id}/activity': { of: 'session', by: waiters },
  'GET /api/sessions/{id}/bill': { of: 'session', by: ['diner', ...waiters] },
  'POST /api/sessions/{id}/split': { of: 'session', by: ['diner', ...waiters], bodies: [{ by: 'diner' }, { by: 'equal', parts: 2 }] },
  'GET /api/sessions/{id}/split': { of: 'session', by: ['diner', ...waiters] },
  'DELETE /api/sessions/{id}/split': { of: 'session', by: waiters },
  'POST /api/sessions/{id}/receipts': { of: 'session', by: waiters, bodies: [undefined, { buyer: { name: 'x' } }] },
  'GET /api/sessions/{id}/receipt': { of: 'session', by: waiters },
  'POST /api/orders/{id}/receipts': { of: 'order', by: waiters },
  'GET /api/orders/{id}/receipt': { of: 'order', by: waiters },
  'GET /api/receipts/{id}': { of: 'receipt', by: waiters },
  'GET /api/payments/{id}': { of: 'payment', by: waiters },
  'POST /api/payments/{id}/void': { of: 'payment', by: cashiers, bodies: [{ reason: 'x' }] },
  'POST /api/payments/{id}/refunds': { of: 'payment', by: cashiers, bodies: (side) => [{ amount: 1, reason: 'x' }, { amount: 1, reason: 'x', order_id: side.order.id }] },
  'GET /api/drawers/{id}': { of: 'drawer', by: cashiers },
  'POST /api/drawers/{id}/movements': { of: 'drawer', by: cashiers, bodies: [{ amount: -1, reason: 'x' }] },
  'POST /api/drawers/{id}/close': { of: 'drawer', by: cashiers, bodies: [{ counted: 1 }] },
  'DELETE /api/payments/intents/{id}': { of: 'intent', by: ['diner', ...waiters] },
  'POST /api/service-calls/{id}/ack': { of: 'serviceCall', by: waiters },
  'GET /api/orders/{id}': { of: 'order', by: all },
  'GET /api/orders/{id}/history': { of: 'order', by: all },
  'PUT /api/orders/{id}': { of: 'order', by: all, bodies: ['confirmed', 'preparing', 'cancelled', 'pending'].map((status) => ({ status, reason: 'x' })) },
  'DELETE /api/orders/{id}': { of: 'order', by: managers, bodies: [{ reason: 'x' }] },
  'GET /api/orders/{id}/adjustments': { of: 'order', by: all },
  'POST /api/orders/{id}/adjustments': { of: 'order', by: staffRoles, bodies: [{ kind: 'discount', amount: 1, reason: 'x' }, { kind: 'void', item_id: randomUUID(), reason: 'x' }] },
  'POST /api/orders/{id}/transfer': { of: 'order', by: waiters, bodies: (side) => [{ session_id: side.session.session.id, items: [{ item_id: randomUUID() }], reason: 'x' }] },
  'PUT /api/orders/{id}/items/{item_id}': { of: 'order', by: staffRoles, bodies: ['preparing', 'ready', 'served'].map((status) => ({ status })) },
};

test('every route with an id has a case', () => {
  assert.deepEqual(routes.filter((r) => r.pattern.includes('{id}')).map(nameOf).sort(), Object.keys(idCases).sort());
});

for (const [name, { of, by, bodies = [undefined] }] of Object.entries(idCases)) {
  test(`the other restaurant's ids: ${name}`, async () => {
    const [method, pattern] = name.split(' ');
    for (const [side, other] of [[here, there], [there, here]]) {
      const ids = { table: [other.tables[0].id, other.tables[2].id], session: [other.session.session.id], order: [other.order.id, other.takeaway.id],
        member: [other.member], category: [other.category], item: [other.item.id], option: [other.option], serviceCall: [other.serviceCall], payment: [other.payment.id], drawer: [other.drawer.id], receipt: [other.receipt.id], intent: [other.intent.id] }[of];
      const before = [everythingOf(side), everythingOf(other)];
      for (const role of by) {
        for (const body of typeof bodies === 'function' ? bodies(side) : bodies) {
          for (const headers of [{}, { 'If-Match': '"1"' }, { 'If-Match': '"99"' }]) {
            const ask = (id) => call(stack, method, pattern.replace('{id}', id).replace('{item_id}', other.order.items[0].id).replace('{diner_id}', other.session.diner.id), { token: side.tokens[role], body, headers });
            const unknown = await ask(randomUUID());
            assert.equal(unknown.status, 404, `${role}: ${unknown.text}`);
            assert.equal(unknown.json.code, 'not_found');
            for (const id of [...ids, ...ids.map((i) => i.toUpperCase())])
              assert.deepEqual(comparable(await ask(id)), comparable(unknown), `${role} ${JSON.stringify(body)}`);
            // Its kind does not matter either.
            for (const id of [other.id, other.item.id, other.session.diner.id]) assert.deepEqual(comparable(await ask(id)), comparable(unknown), role);
          }
        }
      }
      assert.deepEqual([everythingOf(side), everythingOf(other)], before, 'something was changed');
    }
  });
}

test('a manager\'s force, keys and include_deleted do not reach across', async () => {
  const before = everythingOf(there);
  const token = here.tokens.owner;
  const key = newKey();
  for (const id of [there.session.session.id, randomUUID()])
    for (const what of ['close', 'pin']) {
      const answer = await post(stack, `/api/sessions/${id}/${what}`, { token, key, body: what === 'close' ? { force: true } : undefined });
      assert.equal(answer.status, 404, answer.text);
    }
  stack.sql(`UPDATE orders SET deleted_at = now() WHERE id = '${there.takeaway.id}'`);
  assert.equal((await get(stack, `/api/orders/${there.takeaway.id}?include_deleted=true`, { token })).status, 404);
  assert.equal((await get(stack, '/api/orders?include_deleted=true&limit=200', { token })).json.data.some((o) => o.id === there.takeaway.id), false);
  stack.sql(`UPDATE orders SET deleted_at = NULL WHERE id = '${there.takeaway.id}'`);
  assert.equal(stack.sqlValue(`SELECT count(*) FROM idempotency_keys WHERE key = '${key}'`), '0');
  assert.deepEqual(everythingOf(there).filter((line) => !/^(orders|sync_logs):/.test(line)), before.filter((line) => !/^(orders|sync_logs):/.test(line)));
});

test('one session\'s diner and another session of the same restaurant', async () => {
  const before = everythingOf(here);
  const ask = async (what) => {
    const token = here.session.token;
    const unknown = await what(randomUUID(), token);
    assert.equal(unknown.status, 404, unknown.text);
    return { unknown: comparable(unknown), foreign: comparable(await what(here.secondOrder.id, token)), staff: comparable(await what(here.takeaway.id, token)) };
  };
  for (const what of [
    (id, token) => get(stack, `/api/orders/${id}`, { token }),
    (id, token) => get(stack, `/api/orders/${id}/history`, { token }),
    (id, token) => put(stack, `/api/orders/${id}`, { token, body: { status: 'cancelled' } }),
    (id, token) => put(stack, `/api/orders/${id}`, { token, body: { status: 'confirmed' } }),
    (id, token) => put(stack, `/api/orders/${id}`, { token, body: { status: 'cancelled' }, headers: { 'If-Match': '"1"' } }),
  ]) {
    const { unknown, foreign, staff } = await ask(what);
    assert.deepEqual(foreign, unknown);
    assert.deepEqual(staff, unknown, 'an order without a session');
  }
  const list = (query) => get(stack, `/api/orders${query}`, { token: here.session.token });
  const unknown = await list(`?session_id=${randomUUID()}`);
  for (const id of [here.second.session.id, there.session.session.id]) assert.deepEqual(comparable(await list(`?session_id=${id}`)), comparable(unknown));
  assert.notEqual(unknown.status, 200);
  assert.deepEqual((await list('')).json.data.map((o) => o.id), [here.order.id]);
  assert.deepEqual((await list(`?session_id=${here.session.session.id}`)).json.data.map((o) => o.id), [here.order.id]);
  for (const id of [here.tables[1].id, there.tables[0].id, randomUUID()]) assert.deepEqual((await list(`?table_id=${id}`)).json.data, []);
  assert.deepEqual((await get(stack, '/api/sessions/current', { token: here.session.token })).json.orders.map((o) => o.id), [here.order.id]);
  // Nor may it place one there.
  for (const [field, id] of [['session_id', here.second.session.id], ['session_id', there.session.session.id], ['session_id', randomUUID()],
    ['table_id', here.tables[1].id], ['table_id', there.tables[0].id], ['table_id', randomUUID()]])
    for (const path of ['/api/orders', '/api/orders/quote']) {
      const answer = await post(stack, path, { token: here.session.token, body: { ...here.body, [field]: id } });
      assert.equal(answer.status, 403, answer.text);
      assert.equal(answer.json.code, 'forbidden_field');
      assert.deepEqual(answer.json.errors.map((e) => [e.field, e.code]), [[`/${field}`, 'forbidden_field']]);
    }
  assert.deepEqual(everythingOf(here), before);
});

test('another diner of the same session: seen, not changed', async () => {
  const bela = await joinSession(stack, here.session.code, here.session.pin);
  assert.equal((await get(stack, `/api/orders/${here.order.id}`, { token: bela.token })).status, 200);
  const answer = await put(stack, `/api/orders/${here.order.id}`, { token: bela.token, body: { status: 'cancelled' } });
  assert.equal(answer.status, 403, answer.text);
  assert.equal(answer.json.code, 'not_your_order');
});

// ---- Slugs, codes, bodies

test('the other restaurant\'s codes and PINs', async () => {
  const code = there.tables[0].code, pin = there.session.pin;
  for (const [method, path, body] of [
    ['GET', (c) => `/api/r/${ours}/tables/${c}`],
    ['POST', () => `/api/r/${ours}/sessions`, (c) => ({ code: c, display_name: 'Eve' })],
    ['POST', () => `/api/r/${ours}/sessions/join`, (c) => ({ code: c, pin, display_name: 'Eve' })]]) {
    const ask = (c) => call(stack, method, path(c), { body: body?.(c) });
    const unknown = await ask('a-code-of-nobody');
    assert.equal(unknown.status, 404);
    assert.deepEqual(comparable(await ask(code)), comparable(unknown), `${method} ${path('x')}`);
    assert.deepEqual(comparable(await ask(there.tables[1].code)), comparable(unknown));
  }
  // A retired one looks like an unknown one, too.
  stack.sql(`UPDATE qr_codes SET retired_at = now() WHERE code = '${there.tables[2].code}'`);
  assert.equal((await get(stack, `/api/r/${ours}/tables/${there.tables[2].code}`)).status, 404);
  stack.sql(`UPDATE qr_codes SET retired_at = NULL WHERE code = '${there.tables[2].code}'`);
  // The PIN of one table at another.
  const third = await openSession(stack, 2);
  if (third.pin !== here.second.pin)
    assert.equal((await post(stack, `/api/r/${ours}/sessions/join`, { body: { code: third.code, pin: here.second.pin, display_name: 'Eve' } })).status, 401);
});

test('two restaurants with the same code each have their own table', async () => {
  const code = 'thesamecodetwice';
  for (const side of [here, there])
    stack.sql(`INSERT INTO tables (restaurant_id, id, name, seats) VALUES ('${side.id}', '${randomUUID()}', 'Twin', 2);
               INSERT INTO qr_codes (restaurant_id, id, table_id, code)
               SELECT restaurant_id, gen_random_uuid(), id, '${code}' FROM tables WHERE restaurant_id = '${side.id}' AND name = 'Twin'`);
  const bodies = {};
  for (const side of [here, there])
    bodies[side.slug] = expectStatus(await post(stack, `/api/r/${side.slug}/sessions`, { key: 'one key for both', body: { code, display_name: 'Asha' } }), 201);
  // The same key and the same body: only the restaurants differ.
  for (const side of [here, there]) {
    assert.equal(bodies[side.slug].headers.get('idempotent-replayed'), null);
    assert.equal(bodies[side.slug].json.session.restaurant_id, side.id);
    const again = await post(stack, `/api/r/${side.slug}/sessions`, { key: 'one key for both', body: { code, display_name: 'Asha' } });
    assert.equal(again.text, bodies[side.slug].text);
    expectStatus(await get(stack, '/api/sessions/current', { token: bodies[side.slug].json.token }), 200);
  }
  const answer = await post(stack, `/api/r/${theirs}/sessions/join`, { body: { code, pin: bodies[ours].json.pin, display_name: 'Eve' } });
  if (bodies[ours].json.pin !== bodies[theirs].json.pin) assert.equal(answer.status, 401);
});

test('sign-in with the other restaurant\'s slug', async () => {
  const { email, password } = stack.restaurant(theirs).accounts[0];
  const answer = await post(stack, '/api/auth/login', { body: { restaurant: ours, email, password } });
  assert.equal(answer.status, 401);
  const { refresh_token: token } = await signIn(stack, 'waiter', theirs);
  const moved = token.replace(there.id, here.id);
  assert.equal((await post(stack, '/api/auth/refresh', { body: { refresh_token: moved } })).status, 401);
  assert.equal((await post(stack, '/api/auth/refresh', { body: { refresh_token: token } })).status, 200);
});

test('the other restaurant\'s items, options, tables and sessions in an order', async () => {
  const before = everythingOf(there);
  const theirOption = (await readMenu(stack, theirs)).items.find((i) => i.options.length > 0).options[0];
  const withOption = (await readMenu(stack, ours)).items.find((i) => i.is_available && i.options.some((o) => o.min_select === 0));
  const choice = { option_id: theirOption.id, value_id: theirOption.values[0].id };
  const noChoice = { option_id: randomUUID(), value_id: randomUUID() };
  const cases = [
    ['waiter', { ...here.body, table_id: here.tables[3].id, items: [lineOf(there.item)] }, { ...here.body, table_id: here.tables[3].id, items: [{ menu_item_id: randomUUID(), quantity: 1 }] }, 'item_unavailable'],
    ['diner', { ...here.body, items: [{ menu_item_id: there.item.id, quantity: 1 }] }, { ...here.body, items: [{ menu_item_id: randomUUID(), quantity: 1 }] }, 'item_unavailable'],
    ['waiter', { ...here.body, table_id: there.tables[0].id }, { ...here.body, table_id: randomUUID() }, 'validation_failed'],
    ['waiter', { ...here.body, session_id: there.session.session.id }, { ...here.body, session_id: randomUUID() }, 'validation_failed'],
    ['manager', { ...here.body, session_id: there.session.session.id, table_id: there.tables[0].id }, { ...here.body, session_id: randomUUID(), table_id: randomUUID() }, 'validation_failed'],
    ['diner', { ...here.body, items: [{ ...lineOf(withOption), customizations: [...lineOf(withOption).customizations, choice] }] },
      { ...here.body, items: [{ ...lineOf(withOption), customizations: [...lineOf(withOption).customizations, noChoice] }] }, 'invalid_selection'],
  ];
  for (const [role, foreign, unknown, code] of cases) {
    for (const path of ['/api/orders', '/api/orders/quote']) {
      const token = here.tokens[role];
      const wanted = await post(stack, path, { token, body: unknown }), answer = await post(stack, path, { token, body: foreign });
      assert.equal(answer.json.code, code, answer.text);
      assert.ok([404, 422].includes(answer.status));
      assert.deepEqual(comparable(answer), comparable(wanted));
      if (path === '/api/orders') assert.equal((await post(stack, path, { token, key: newKey(), body: foreign })).status, answer.status);
    }
  }
  assert.deepEqual(everythingOf(there), before);
});

test('the other restaurant\'s ids in what manages the menu and the sessions', async () => {
  const before = [everythingOf(here), everythingOf(there)];
  const token = here.tokens.owner;
  const theirValue = stack.sqlValue(`SELECT id FROM menu_item_option_values WHERE option_id = '${there.option}' AND restaurant_id = '${there.id}' LIMIT 1`);
  for (const [method, path, bodyOf, id] of [
    ['POST', '/api/menu/items', (category_id) => ({ category_id, name: 'x', price: 1 }), there.category],
    ['PATCH', `/api/menu/items/${here.item.id}`, (category_id) => ({ category_id }), there.category],
    ['PATCH', `/api/menu/options/${here.option}`, (value) => ({ values: [{ id: value, name: 'x' }] }), theirValue],
    ['POST', `/api/sessions/${here.session.session.id}/move`, (table_id) => ({ table_id }), there.tables[2].id],
    ['POST', `/api/sessions/${here.session.session.id}/merge`, (session_id) => ({ session_id }), there.session.session.id],
    ['POST', '/api/payments', (order_id) => ({ order_id, amount: 1, method: 'cash' }), there.order.id],
    ['POST', '/api/payments', (session_id) => ({ session_id, amount: 1, method: 'cash' }), there.session.session.id],
    ['POST', '/api/payments/intents', (order_id) => ({ order_id, provider: 'card-pay' }), there.order.id],
    ['POST', '/api/payments/intents', (session_id) => ({ session_id, provider: 'card-pay' }), there.session.session.id],
    ['POST', `/api/payments/${here.payment.id}/refunds`, (order_id) => ({ order_id, amount: 1, reason: 'x' }), there.order.id],
    ['POST', '/api/menu/bulk', (item) => ({ changes: [{ id: here.item.id, price: 1 }, { id: item, price: 1 }] }), there.item.id]]) {
    const ask = (one) => call(stack, method, path, { token, body: bodyOf(one) });
    const unknown = await ask(randomUUID());
    assert.equal(unknown.status, 422, unknown.text);
    assert.deepEqual(unknown.json.errors.map((e) => e.code), ['not_found']);
    assert.deepEqual(comparable(await ask(id)), comparable(unknown), `${method} ${path}`);
  }
  assert.deepEqual([everythingOf(here), everythingOf(there)], before);
});

test('a payment\'s id that the other restaurant has already', async () => {
  const body = { id: there.payment.id, order_id: here.order.id, amount: 1, method: 'cash' };
  const answer = expectStatus(await post(stack, '/api/payments', { token: here.tokens.waiter, body }), 201);
  assert.deepEqual([answer.json.id, answer.json.restaurant_id], [there.payment.id, here.id]);
  expectStatus(await post(stack, `/api/payments/${there.payment.id}/refunds`, { token: here.tokens.cashier, body: { amount: 1, reason: 'x' } }), 201);
  assert.deepEqual(expectStatus(await get(stack, `/api/payments/${there.payment.id}`, { token: there.tokens.waiter }), 200).json, there.payment);
  // So that the other tests meet an id of the other alone.
  there.payment = expectStatus(await post(stack, '/api/payments', { token: there.tokens.waiter, body: { order_id: there.order.id, amount: 1, method: 'cash' } }), 201).json;
  there.order = expectStatus(await get(stack, `/api/orders/${there.order.id}`, { token: there.tokens.waiter }), 200).json; // what is due of it
});

test('one session\'s diner and another table\'s money', async () => {
  const before = everythingOf(here), token = here.session.token;
  const unknown = comparable(await get(stack, `/api/sessions/${randomUUID()}/bill`, { token }));
  assert.equal(unknown.status, 404);
  for (const id of [here.second.session.id, there.session.session.id]) assert.deepEqual(comparable(await get(stack, `/api/sessions/${id}/bill`, { token })), unknown);
  for (const [field, ids] of [['order_id', [here.secondOrder.id, here.takeaway.id, there.order.id]], ['session_id', [here.second.session.id, there.session.session.id]]]) {
    const ask = (id) => post(stack, '/api/payments/intents', { token, body: { [field]: id, provider: 'card-pay' } });
    const wanted = comparable(await ask(randomUUID()));
    assert.equal(wanted.status, 422);
    for (const id of ids) assert.deepEqual(comparable(await ask(id)), wanted);
  }
  const ended = comparable(await call(stack, 'DELETE', `/api/payments/intents/${randomUUID()}`, { token: here.second.token }));
  assert.equal(ended.status, 404);
  assert.deepEqual(comparable(await call(stack, 'DELETE', `/api/payments/intents/${here.intent.id}`, { token: here.second.token })), ended);
  assert.deepEqual(everythingOf(here), before);
});

test('the other restaurant\'s line of an own order', async () => {
  const before = [everythingOf(here), everythingOf(there)];
  const ask = (line) => put(stack, `/api/orders/${here.order.id}/items/${line}`, { token: here.tokens.kitchen, body: { status: 'preparing' } });
  const unknown = await ask(randomUUID());
  assert.equal(unknown.status, 404, unknown.text);
  for (const id of [there.order.items[0].id, here.secondOrder.items[0].id, here.order.id]) assert.deepEqual(comparable(await ask(id)), comparable(unknown));
  assert.deepEqual([everythingOf(here), everythingOf(there)], before);
});

test('an order\'s id that the other restaurant has already', async () => {
  const body = { ...here.body, order_type: 'takeaway', id: there.order.id };
  const answer = expectStatus(await post(stack, '/api/orders', { token: here.tokens.waiter, body }), 201);
  assert.equal(answer.json.id, there.order.id);
  assert.equal(answer.json.restaurant_id, here.id);
  expectStatus(await put(stack, `/api/orders/${there.order.id}`, { token: here.tokens.waiter, body: { status: 'cancelled' } }), 200);
  const [mine, other] = [here, there].map((side) => stack.sqlValue(`SELECT status FROM orders WHERE id = '${there.order.id}' AND restaurant_id = '${side.id}'`));
  assert.deepEqual([mine, other], ['cancelled', 'pending']);
  const seen = expectStatus(await get(stack, `/api/orders/${there.order.id}`, { token: there.tokens.diner }), 200).json;
  assert.deepEqual(seen, there.order);
  expectStatus(await call(stack, 'DELETE', `/api/orders/${there.order.id}`, { token: here.tokens.manager, body: { reason: 'x' } }), 204);
  expectStatus(await get(stack, `/api/orders/${there.order.id}`, { token: there.tokens.manager }), 200);
  const history = await get(stack, `/api/orders/${there.order.id}/history`, { token: there.tokens.manager });
  assert.equal(history.json.data.length, 1);
  // So that the other tests meet an id of the other alone.
  there.order = expectStatus(await post(stack, '/api/orders', { token: there.session.token, body: there.body }), 201).json;
});

test('lists hold nothing of the other restaurant', async () => {
  const lists = routes.filter((r) => r.method === 'GET' && r.tenant === 'TENANT_TOKEN' && !r.pattern.includes('{') && !['/api/auth/me', '/api/sessions/current', '/api/sessions/current/receipt', '/api/restaurant', '/api/restaurant/providers', '/api/reports/sales', '/api/exports/documents', '/api/business-days', '/api/sync', '/api/payments/intents'].includes(r.pattern));
  assert.deepEqual(lists.map((r) => r.pattern), ['/api/staff', '/api/menu/categories', '/api/menu/items', '/api/tables', '/api/sessions', '/api/service-calls', '/api/orders', '/api/kitchen', '/api/payments', '/api/drawers', '/api/shift-notes', '/api/receipts']);
  // If the rows do not name the restaurant, the database says whose they are.
  const ownersOf = { '/api/staff': 'staff', '/api/menu/categories': 'menu_categories', '/api/menu/items': 'menu_items', '/api/service-calls': 'service_calls', '/api/kitchen': 'order_items', '/api/receipts': 'receipts', '/api/drawers': 'drawers', '/api/shift-notes': 'shift_notes' };
  const paged = (pattern) => !['/api/menu/categories', '/api/kitchen'].includes(pattern);
  const assertOwn = (row, side, pattern) => assert.equal(row.restaurant_id
    ?? stack.sqlValue(`SELECT restaurant_id FROM ${ownersOf[pattern]} WHERE id = '${row.id}'`), side.id, pattern);
  for (const [side, other] of [[here, there], [there, here]]) {
    for (const { pattern } of lists) {
      const answer = expectStatus(await get(stack, `${pattern}${paged(pattern) ? '?limit=200' : ''}`, { token: side.tokens.owner }), 200);
      assert.ok(answer.json.data.length > 0);
      for (const row of answer.json.data) assertOwn(row, side, pattern);
      assert.ok(!answer.text.includes(other.id));
      // The other's ids as filter and as cursor.
      const filters = pattern === '/api/orders' ? [`table_id=${other.tables[0].id}`, `session_id=${other.session.session.id}`]
        : pattern === '/api/payments' ? [`order_id=${other.order.id}`, `session_id=${other.session.session.id}`, `order_id=${side.order.id}&session_id=${other.session.session.id}`]
        : pattern === '/api/menu/items' ? [`category_id=${other.category}`] : [];
      for (const filter of filters) assert.deepEqual((await get(stack, `${pattern}?${filter}`, { token: side.tokens.owner })).json.data, [], filter);
      if (pattern !== '/api/orders' && paged(pattern)) {
        const cursor = other.tables[0].id;
        for (const row of expectStatus(await get(stack, `${pattern}?cursor=${cursor}`, { token: side.tokens.owner }), 200).json.data) assertOwn(row, side, pattern);
      }
    }
    assert.deepEqual(expectStatus(await get(stack, `/api/payments/intents?session_id=${other.session.session.id}`, { token: side.tokens.owner }), 200).json.data, []);
    const settings = expectStatus(await get(stack, '/api/restaurant', { token: side.tokens.owner }), 200);
    assert.equal(settings.json.id, side.id);
    assert.ok(!settings.text.includes(other.id));
    const providers = expectStatus(await get(stack, '/api/restaurant/providers', { token: side.tokens.owner }), 200).json.data;
    assert.deepEqual(providers.map((p) => p.provider), ['card-pay', 'demopay']);
    const me = await get(stack, '/api/auth/me', { token: side.tokens.owner });
    assert.ok(!me.text.includes(other.id));
    const menu = await get(stack, `/api/r/${side.slug}/menu`, { token: other.tokens.owner });
    assert.ok(menu.text.includes(side.id) && !menu.text.includes(other.id));
  }
});

test('order numbers are each restaurant\'s own', async () => {
  const numbers = stack.sql(`SELECT restaurant_id, min(order_number), max(order_number) = count(*) FROM orders GROUP BY 1`);
  assert.equal(numbers.length, 2);
  for (const [, first, dense] of numbers) assert.deepEqual([first, dense], ['1', 't']);
});

test('idempotency keys of restaurants, staff and diners do not meet', async () => {
  stack.sql('UPDATE restaurants SET takeaway_at_tables = true');
  const key = newKey();
  const answers = [];
  for (const side of [here, there])
    for (const role of ['diner', 'waiter', 'manager'])
      answers.push(await post(stack, '/api/orders', { token: side.tokens[role], key, body: { ...side.body, order_type: 'takeaway' } }));
  const bela = await joinSession(stack, here.session.code, here.session.pin);
  answers.push(await post(stack, '/api/orders', { token: bela.token, key, body: { ...here.body, order_type: 'takeaway' } }));
  answers.push(await post(stack, '/api/orders', { token: here.second.token, key, body: { ...here.body, order_type: 'takeaway' } }));
  for (const answer of answers) {
    expectStatus(answer, 201);
    assert.equal(answer.headers.get('idempotent-replayed'), null);
  }
  assert.equal(new Set(answers.map((a) => a.json.id)).size, answers.length);
  // A second sign-in of the same person is the same caller.
  const again = await post(stack, '/api/orders', { token: await tokenOf(stack, 'waiter'), key, body: { ...here.body, order_type: 'takeaway' } });
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  assert.equal(again.json.id, answers[1].json.id);
});

test('the other restaurant\'s ids in offline changes, and which changes are sent', async () => {
  const sync = (side, role, type, payload) => post(stack, '/api/sync', { token: side.tokens[role], body: { client_id: 'x', changes: [{ change_id: randomUUID(), type, payload }] } });
  for (const [side, other] of [[here, there], [there, here]]) {
    const before = everythingOf(other);
    for (const [role, type, payloadOf, id] of [
      ['waiter', 'order.status', (order_id) => ({ order_id, status: 'confirmed' }), other.order.id],
      ['diner', 'order.status', (order_id) => ({ order_id, status: 'cancelled' }), other.order.id],
      ['kitchen', 'menu_item.availability', (menu_item_id) => ({ menu_item_id, is_available: false }), other.item.id],
      ['diner', 'order.create', (menu_item_id) => ({ order_type: 'dine_in', items: [{ menu_item_id, quantity: 1 }] }), other.item.id],
      ['waiter', 'order.create', (table_id) => ({ ...side.body, table_id }), other.tables[0].id]]) {
      const problems = [];
      for (const one of [randomUUID(), id]) {
        const [result] = expectStatus(await sync(side, role, type, payloadOf(one)), 200).json.results;
        assert.equal(result.status, 'rejected');
        const { request_id: _, ...problem } = result.problem;
        problems.push(problem);
      }
      assert.deepEqual(problems[1], problems[0], type);
    }
    assert.deepEqual(everythingOf(other), before);
    for (const role of all) {
      const answer = expectStatus(await get(stack, '/api/sync', { token: side.tokens[role] }), 200);
      assert.ok(answer.json.orders.length > 0 && answer.text.includes(side.id) && !answer.text.includes(other.id), role);
    }
  }
});

// ---- Who may do what

// Who may call each route (api.md, Who may do what). PUBLIC: without a token.
const PUBLIC = 'public', STAFF = staffRoles, DINER = ['diner'], WAITERS = waiters, GUESTS = ['diner', ...waiters], CASHIERS = cashiers, MANAGERS = managers, ALL = all;
const mayCall = {
  'GET /health': PUBLIC,
  'GET /metrics': PUBLIC,
  'GET /.well-known/jwks.json': PUBLIC,
  'GET /api/r/{slug}/menu': PUBLIC,
  'GET /api/r/{slug}/tables/{code}': PUBLIC,
  'POST /api/r/{slug}/sessions': PUBLIC,
  'POST /api/r/{slug}/sessions/join': PUBLIC,
  'POST /api/r/{slug}/sessions/resume': PUBLIC,
  'POST /api/r/{slug}/payments/webhook/{provider}': PUBLIC,
  'POST /api/auth/login': PUBLIC,
  'POST /api/auth/refresh': PUBLIC,
  'POST /api/auth/logout': STAFF,
  'GET /api/auth/me': STAFF,
  'POST /api/auth/password': STAFF,
  'GET /api/staff': MANAGERS,
  'POST /api/staff': MANAGERS,
  'GET /api/staff/{id}': MANAGERS,
  'PATCH /api/staff/{id}': MANAGERS,
  'DELETE /api/staff/{id}': MANAGERS,
  'GET /api/restaurant': STAFF,
  'PATCH /api/restaurant': MANAGERS,
  'GET /api/restaurant/providers': MANAGERS,
  'PUT /api/restaurant/providers/{provider}': MANAGERS,
  'DELETE /api/restaurant/providers/{provider}': MANAGERS,
  'GET /api/menu/categories': STAFF,
  'POST /api/menu/categories': MANAGERS,
  'PATCH /api/menu/categories/{id}': MANAGERS,
  'DELETE /api/menu/categories/{id}': MANAGERS,
  'GET /api/menu/items': STAFF,
  'POST /api/menu/items': MANAGERS,
  'GET /api/menu/items/{id}': STAFF,
  'PATCH /api/menu/items/{id}': ['kitchen', ...MANAGERS],
  'DELETE /api/menu/items/{id}': MANAGERS,
  'POST /api/menu/items/{id}/options': MANAGERS,
  'PATCH /api/menu/options/{id}': MANAGERS,
  'DELETE /api/menu/options/{id}': MANAGERS,
  'POST /api/menu/bulk': MANAGERS,
  'GET /api/tables': WAITERS,
  'GET /api/tables/{id}': WAITERS,
  'POST /api/tables': MANAGERS,
  'PATCH /api/tables/{id}': MANAGERS,
  'DELETE /api/tables/{id}': MANAGERS,
  'POST /api/tables/{id}/qr': MANAGERS,
  'GET /api/tables/{id}/qr.svg': WAITERS,
  'GET /api/tables/{id}/qr.png': WAITERS,
  'POST /api/tables/{id}/session': WAITERS,
  'GET /api/sessions': WAITERS,
  'GET /api/sessions/current': DINER,
  'GET /api/sessions/current/receipt': DINER,
  'GET /api/sessions/{id}': WAITERS,
  'PATCH /api/sessions/{id}': WAITERS,
  'POST /api/sessions/{id}/close': WAITERS,
  'POST /api/sessions/{id}/pin': WAITERS,
  'DELETE /api/sessions/{id}/diners/{diner_id}': WAITERS,
  'POST /api/sessions/{id}/diners/{diner_id}/link': WAITERS,
  'POST /api/sessions/{id}/extend': WAITERS,
  'POST /api/sessions/{id}/reopen': MANAGERS,
  'POST /api/sessions/{id}/move': WAITERS,
  'POST /api/sessions/{id}/merge': WAITERS,
  'GET /api/sessions/{id}/activity': WAITERS,
  'GET /api/sessions/{id}/bill': GUESTS,
  'POST /api/sessions/{id}/split': GUESTS,
  'GET /api/sessions/{id}/split': GUESTS,
  'DELETE /api/sessions/{id}/split': WAITERS,
  'GET /api/service-calls': GUESTS,
  'POST /api/service-calls': DINER,
  'POST /api/service-calls/{id}/ack': WAITERS,
  'POST /api/orders': GUESTS,
  'POST /api/orders/quote': GUESTS,
  'GET /api/orders': ALL,
  'GET /api/orders/{id}': ALL,
  'GET /api/orders/{id}/history': ALL,
  'GET /api/orders/{id}/adjustments': ALL,
  'POST /api/orders/{id}/adjustments': STAFF,
  'POST /api/orders/{id}/transfer': WAITERS,
  'PUT /api/orders/{id}': ALL,
  'DELETE /api/orders/{id}': MANAGERS,
  'PUT /api/orders/{id}/items/{item_id}': STAFF,
  'GET /api/kitchen': STAFF,
  'GET /api/reports/sales': MANAGERS,
  'GET /api/exports/documents': MANAGERS,
  'GET /api/business-days': MANAGERS,
  'GET /api/business-days/{date}/close': MANAGERS,
  'POST /api/business-days/{date}/close': MANAGERS,
  'POST /api/payments': WAITERS,
  'POST /api/sessions/{id}/receipts': WAITERS,
  'GET /api/sessions/{id}/receipt': WAITERS,
  'POST /api/orders/{id}/receipts': WAITERS,
  'GET /api/orders/{id}/receipt': WAITERS,
  'GET /api/receipts': CASHIERS,
  'GET /api/receipts/{id}': WAITERS,
  'GET /api/payments': WAITERS,
  'GET /api/payments/{id}': WAITERS,
  'POST /api/payments/{id}/refunds': CASHIERS,
  'POST /api/payments/{id}/void': CASHIERS,
  'GET /api/payments/intents': WAITERS,
  'POST /api/payments/intents': GUESTS,
  'DELETE /api/payments/intents/{id}': GUESTS,
  'GET /api/drawers': CASHIERS,
  'POST /api/drawers': CASHIERS,
  'GET /api/drawers/{id}': CASHIERS,
  'POST /api/drawers/{id}/movements': CASHIERS,
  'POST /api/drawers/{id}/close': CASHIERS,
  'GET /api/shift-notes': STAFF,
  'GET /api/business-days': MANAGERS,
  'GET /api/business-days/{date}/close': MANAGERS,
  'POST /api/business-days/{date}/close': MANAGERS,
  'POST /api/shift-notes': STAFF,
  'POST /api/sync': ALL,
  'GET /api/sync': ALL,
  'POST /api/events/ticket': ALL,
  'GET /events': 'itself', // tests/api/events.test.mjs
};

test('every route says who may call it', () => {
  assert.deepEqual(routes.map(nameOf).sort(), Object.keys(mayCall).sort());
  for (const route of routes) assert.equal([PUBLIC, 'itself'].includes(mayCall[nameOf(route)]), route.tenant !== 'TENANT_TOKEN', nameOf(route));
});

for (const [name, allowed] of Object.entries(mayCall).filter(([, who]) => who !== 'itself')) {
  test(`who may: ${name}`, async () => {
    const [method, pattern] = name.split(' ');
    const body = { POST: {}, PATCH: {}, PUT: { status: 'confirmed' } }[method];
    const path = () => pattern.replace('{id}', randomUUID()).replace('{item_id}', randomUUID()).replace('{diner_id}', randomUUID()).replace('{slug}', ours).replace('{code}', here.tables[5].code).replace('{provider}', 'nobody').replace('{date}', '2001-01-01');
    const ask = (token) => call(stack, method, path(), { token, body });
    for (const role of all) {
      const endsIt = name === 'POST /api/auth/logout' && role !== 'diner';
      const answer = await ask(endsIt ? await tokenOf(stack, role) : here.tokens[role]);
      if (allowed === PUBLIC || allowed.includes(role)) {
        assert.ok(![401, 403, 405, 429, 500, 503].includes(answer.status), `${role}: ${answer.status} ${answer.text}`);
      } else {
        assert.equal(answer.status, 403, `${role}: ${answer.status} ${answer.text}`);
        assert.equal(answer.json.code, 'insufficient_role', role);
      }
    }
    for (const authorization of [undefined, 'Bearer x', 'Basic x']) {
      const answer = await call(stack, method, path(), { body, headers: authorization ? { Authorization: authorization } : {} });
      if (allowed === PUBLIC) {
        assert.ok(![401, 403, 405, 429, 500, 503].includes(answer.status), `nobody: ${answer.status} ${answer.text}`);
      } else {
        assert.equal(answer.status, 401, `nobody: ${answer.status} ${answer.text}`);
        assert.equal(answer.json.code, 'unauthenticated');
        assert.match(answer.headers.get('www-authenticate'), /^Bearer/);
      }
    }
  });
}

test('an unknown path reveals nothing', async () => {
  for (const path of ['/api', '/api/', '/api/x', '/api/orders/x', '/api/orders/', '/api//orders', '/api/Orders', '/api/r', `/api/r/${ours}`])
    for (const token of [undefined, here.tokens.owner]) {
      const answer = await get(stack, path, { token });
      assert.equal(answer.status, 404, `${path}: ${answer.text}`);
      assert.equal(answer.headers.get('content-type'), 'application/problem+json');
    }
});
