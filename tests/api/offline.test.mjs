// What clients did while the network was away (POST /api/sync), and what
// changed meanwhile (GET /api/sync).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, del, expectProblem, expectStatus, get, joinSession, lineOf, openSession, orderOf, post, put, readMenu, tokenOf } from './lib/client.mjs';
import { hold } from './lib/hold.mjs';
import { random } from './lib/random.mjs';
import { startStack } from './lib/stack.mjs';
import { until } from './lib/until.mjs';

// PostgreSQL's own transactions, like autovacuum's, may cause a change to be sent twice; here each is to be sent once.
process.env.ORDERZAP_CLUSTER_OPTIONS = 'fsync = off\nautovacuum = off';

const ours = 'spice-garden', theirs = 'caffe-lungarno';
const staffRoles = ['kitchen', 'waiter', 'cashier', 'manager', 'owner'], roles = ['diner', ...staffRoles];
const HOUR = 3600000;

let stack, items, item, theirItem, roti, tokens, asha, bela, dario, ids, restaurantId;
before(async () => {
  stack = await startStack();
  stack.sql(`UPDATE restaurants SET session_opening = 'diner'`);
  ({ items } = await readMenu(stack));
  items = items.filter((i) => i.is_available);
  [item] = items;
  roti = items.find((i) => i.options.length === 0);
  theirItem = (await readMenu(stack, theirs)).items.find((i) => i.is_available);
  tokens = {};
  for (const role of staffRoles) tokens[role] = await tokenOf(stack, role);
  restaurantId = stack.restaurant().id;
  ids = Object.fromEntries(stack.sql(`SELECT role, id FROM staff WHERE restaurant_id = '${restaurantId}'`));
});
after(() => stack?.stop());
beforeEach(async () => {
  stack.sql(`UPDATE sessions SET status = 'closed', closed_at = now() WHERE status = 'active'`);
  asha = await openSession(stack, 0);
  bela = await joinSession(stack, asha.code, asha.pin);
  dario = await openSession(stack, 0, { slug: theirs, name: 'Dario' });
  tokens.diner = asha.token;
});

const table = (n) => stack.restaurant().tables[n];
const change = (type, payload, more = {}) => ({ change_id: randomUUID(), type, payload, ...more });
const ordering = (more = {}, line = lineOf(roti)) => change('order.create', { ...orderOf(line), ...more });
const send = (token, changes, client_id = 'phone') => post(stack, '/api/sync', { token, body: { client_id, changes } });
const results = async (token, changes, client_id) => {
  const answer = expectStatus(await send(token, changes, client_id), 200);
  assert.deepEqual(Object.keys(answer.json), ['results']);
  assert.deepEqual(answer.json.results.map((r) => r.change_id), changes.map((c) => c.change_id));
  for (const r of answer.json.results)
    assert.deepEqual(Object.keys(r), ['change_id', 'status', r.status === 'rejected' ? 'problem' : 'resource'], JSON.stringify(r));
  return answer.json.results;
};
const statuses = (list) => list.map((r) => (r.status === 'rejected' ? r.problem.code : r.status));
const count = (of, where = 'true') => Number(stack.sqlValue(`SELECT count(*) FROM ${of} WHERE ${where}`));
const queued = (change_id) => count('sync_queue', `change_id = '${change_id}'`);
const placed = async (token = asha.token, body = orderOf(lineOf(roti))) => expectStatus(await post(stack, '/api/orders', { token, body }), 201).json;
const confirmed = async () => {
  const order = await placed();
  return expectStatus(await put(stack, `/api/orders/${order.id}`, { token: tokens.waiter, body: { status: 'confirmed' } }), 200).json;
};
const read = async (order, token = tokens.waiter) => expectStatus(await get(stack, `/api/orders/${order.id ?? order}`, { token }), 200).json;
const bare = ({ request_id: _, ...problem }) => problem;

// ---- Who may do what

const mayDo = {
  'order.create': ['diner', 'waiter', 'cashier', 'manager', 'owner'],
  'order.status': roles,
  'service_call.create': ['diner'],
  'menu_item.availability': ['kitchen', 'manager', 'owner'],
};

for (const [type, allowed] of Object.entries(mayDo)) {
  for (const role of roles) {
    test(`${type} by a ${role}: ${allowed.includes(role) ? 'applied' : 'rejected'}`, async () => {
      const place = role === 'diner' || role === 'kitchen' ? {} : { table_id: table(3).id };
      const payload = await {
        'order.create': () => ({ ...orderOf(lineOf(item)), ...place }),
        'order.status': async () => (role === 'diner' ? { order_id: (await placed()).id, status: 'cancelled' }
          : { order_id: (await confirmed()).id, status: 'preparing' }),
        'service_call.create': () => ({ kind: 'water', message: 'still' }),
        'menu_item.availability': () => ({ menu_item_id: item.id, is_available: true }),
      }[type]();
      const before = count('orders') + count('service_calls');
      const one = change(type, payload);
      const [result] = await results(tokens[role], [one]);
      if (!allowed.includes(role)) {
        assert.equal(result.status, 'rejected');
        assert.equal(result.problem.code, 'insufficient_role');
        assert.match(result.problem.detail, /^The role \w+ may not do this$/);
        assert.equal(result.problem.status, 403);
        assert.equal(count('orders') + count('service_calls'), before);
      } else {
        assert.equal(result.status, 'applied', JSON.stringify(result));
        if (type === 'order.create') assert.deepEqual(result.resource, await read(result.resource));
        if (type === 'order.status') {
          assert.deepEqual(result.resource, await read(payload.order_id));
          assert.equal(result.resource.status, payload.status);
        }
        if (type === 'service_call.create') {
          const [first] = expectStatus(await get(stack, '/api/service-calls', { token: tokens.waiter }), 200).json.data;
          assert.deepEqual({ ...result.resource, waited_seconds: 0 }, { ...first, waited_seconds: 0 });
          assert.equal(first.message, 'still');
        }
        if (type === 'menu_item.availability')
          assert.deepEqual(result.resource, expectStatus(await get(stack, `/api/menu/items/${item.id}`, { token: tokens.manager }), 200).json);
      }
      const [again] = await results(tokens[role], [one]);
      assert.deepEqual(again, { ...result, status: result.status === 'applied' ? 'duplicate' : 'rejected' });
      assert.equal(queued(one.change_id), 1);
      assert.equal(count('orders') + count('service_calls'), before + (allowed.includes(role) && /create/.test(type) ? 1 : 0));
    });
  }
}

test('availability is changed in fact, and only that', async () => {
  for (const is_available of [false, true]) {
    await results(tokens.kitchen, [change('menu_item.availability', { menu_item_id: roti.id, is_available })]);
    assert.equal(expectStatus(await get(stack, `/api/menu/items/${roti.id}`, { token: tokens.manager }), 200).json.is_available, is_available);
  }
});

// ---- What is refused

test('a problem is that of the direct route, relative to the payload', async () => {
  const order = await placed();
  const none = randomUUID();
  const [orders, calls] = ['/api/orders', '/api/service-calls'];
  for (const [type, role, payload, method, path, body] of [
    ['order.create', 'diner', {}, 'POST', orders],
    ['order.create', 'diner', { order_type: 'x', items: [] }, 'POST', orders],
    ['order.create', 'diner', { ...orderOf({ menu_item_id: 'x', quantity: 0 }), total_amount: 1 }, 'POST', orders],
    ['order.create', 'diner', orderOf({ menu_item_id: none, quantity: 1 }), 'POST', orders],
    ['order.create', 'diner', { ...orderOf(lineOf(roti)), expected_total: 1 }, 'POST', orders],
    ['order.create', 'diner', { ...orderOf(lineOf(roti)), table_id: table(5).id }, 'POST', orders],
    ['order.create', 'waiter', { ...orderOf(lineOf(roti)), session_id: none }, 'POST', orders],
    ['order.status', 'waiter', { order_id: order.id }, 'PUT', `${orders}/${order.id}`, {}],
    ['order.status', 'waiter', { order_id: order.id, status: 'x', y: 1 }, 'PUT', `${orders}/${order.id}`, { status: 'x', y: 1 }],
    ['order.status', 'waiter', { order_id: order.id, status: 'pending' }, 'PUT', `${orders}/${order.id}`, { status: 'pending' }],
    ['order.status', 'waiter', { order_id: none, status: 'served' }, 'PUT', `${orders}/${none}`, { status: 'served' }],
    ['order.status', 'diner', { order_id: order.id, status: 'confirmed' }, 'PUT', `${orders}/${order.id}`, { status: 'confirmed' }],
    ['service_call.create', 'diner', { kind: 'taxi', message: 'x'.repeat(501), z: null }, 'POST', calls],
    ['service_call.create', 'diner', {}, 'POST', calls],
    ['menu_item.availability', 'kitchen', { menu_item_id: item.id, is_available: 'no' }, 'PATCH', `/api/menu/items/${item.id}`, { is_available: 'no' }],
    ['menu_item.availability', 'kitchen', { menu_item_id: item.id }, 'PATCH', `/api/menu/items/${item.id}`, {}],
    ['menu_item.availability', 'kitchen', { menu_item_id: none, is_available: true }, 'PATCH', `/api/menu/items/${none}`, { is_available: true }],
  ]) {
    const [result] = await results(tokens[role], [change(type, payload)]);
    const direct = await call(stack, method, path, { token: tokens[role], body: body ?? payload });
    assert.ok(direct.status >= 400 && direct.status < 500, direct.text);
    assert.equal(result.status, 'rejected', JSON.stringify([type, payload, result]));
    assert.deepEqual(bare(result.problem), bare(direct.json), JSON.stringify(payload));
  }
  for (const [type, role, payload, fields] of [
    ['order.status', 'waiter', { status: 'confirmed' }, [['/order_id', 'required']]],
    ['order.status', 'waiter', { order_id: 'x', status: 'confirmed' }, [['/order_id', 'invalid_format']]],
    ['order.status', 'waiter', { order_id: null, status: 'confirmed' }, [['/order_id', 'invalid_format']]],
    ['order.status', 'waiter', { order_id: 5 }, [['/order_id', 'invalid_format']]],
    ['menu_item.availability', 'kitchen', { is_available: false }, [['/menu_item_id', 'required']]],
    ['menu_item.availability', 'manager', { menu_item_id: item.id, is_available: false, price: 1 }, [['/price', 'unknown_field']]],
  ]) {
    const [result] = await results(tokens[role], [change(type, payload)]);
    assert.equal(result.status, 'rejected');
    assert.equal(result.problem.code, 'validation_failed');
    assert.deepEqual(result.problem.errors.map((e) => [e.field, e.code]), fields, JSON.stringify(result));
  }
  assert.equal((await read(order)).status, 'pending');
});

test('a batch that is malformed is refused as a whole, before anything of it is done', async () => {
  const good = ordering();
  const before = [count('orders'), count('sync_queue')];
  for (const [body, fields] of [
    [{}, ['/changes', '/client_id']],
    [{ client_id: 'x', changes: {} }, ['/changes']],
    [{ client_id: '', changes: [good] }, ['/client_id']],
    [{ client_id: 'x'.repeat(256), changes: [good] }, ['/client_id']],
    [{ client_id: 5, changes: [good] }, ['/client_id']],
    [{ client_id: 'x', changes: [good], since: 1 }, ['/since']],
    [{ client_id: 'x', changes: [good, null] }, ['/changes/1']],
    [{ client_id: 'x', changes: [good, 5, []] }, ['/changes/1', '/changes/2']],
    [{ client_id: 'x', changes: [good, {}] }, ['/changes/1/change_id', '/changes/1/payload', '/changes/1/type']],
    [{ client_id: 'x', changes: [good, { ...ordering(), type: 'order.delete' }] }, ['/changes/1/type']],
    [{ client_id: 'x', changes: [good, { ...ordering(), change_id: '' }] }, ['/changes/1/change_id']],
    [{ client_id: 'x', changes: [good, { ...ordering(), change_id: 'x'.repeat(256) }] }, ['/changes/1/change_id']],
    [{ client_id: 'x', changes: [good, { ...ordering(), payload: [] }] }, ['/changes/1/payload']],
    [{ client_id: 'x', changes: [good, { ...ordering(), payload: null }] }, ['/changes/1/payload']],
    [{ client_id: 'x', changes: [good, { ...ordering(), occurred_at: 'yesterday' }] }, ['/changes/1/occurred_at']],
    [{ client_id: 'x', changes: [good, { ...ordering(), occurred_at: '0000-01-01T00:00:00Z' }] }, ['/changes/1/occurred_at']],
    [{ client_id: 'x', changes: [good, { ...ordering(), occured_at: null }] }, ['/changes/1/occured_at']],
    [{ client_id: 'x', changes: Array.from({ length: 101 }, () => ordering()) }, ['/changes']],
  ])
    expectProblem(await post(stack, '/api/sync', { token: asha.token, body }), 422, 'validation_failed', fields);
  assert.deepEqual([count('orders'), count('sync_queue')], before);
});

test('no changes are no changes', async () => assert.deepEqual(await results(asha.token, []), []));

test('names of 255 characters, of any, each as it is', async () => {
  const names = ['x'.repeat(255), '\u{1f35b}'.repeat(255), 'a', ' a', 'a ', 'a\nb', '"\\', '%s$1'];
  const changes = names.map((change_id) => ({ ...change('service_call.create', { kind: 'water' }), change_id }));
  for (const client of [names[0], names[1], '"x'])
    assert.deepEqual(statuses(await results(asha.token, changes, client)), names.map(() => 'applied'));
  assert.deepEqual(statuses(await results(asha.token, changes, names[1])), names.map(() => 'duplicate'));
  assert.equal(count('service_calls', `session_id = '${asha.session.id}'`), 3 * names.length);
});

test('one that fails is not the others\' failure', async () => {
  const changes = [ordering(), ordering({ items: [] }), change('menu_item.availability', { menu_item_id: item.id, is_available: false }),
    change('service_call.create', { kind: 'bill' }), ordering({ expected_total: 1 }), ordering()];
  assert.deepEqual(statuses(await results(asha.token, changes)),
    ['applied', 'validation_failed', 'insufficient_role', 'applied', 'total_changed', 'applied']);
  assert.equal(count('orders', `session_id = '${asha.session.id}'`), 2);
});

test('a card number that was refused is not kept', async () => {
  const card = '4111 1111 1111 1111';
  for (const more of [{ notes: `card ${card}` }, { customer_name: card }, { card }, { card: 4111111111111111 }, { a: { b: [{ c: [card] }] } }, { [card]: 1 }]) {
    const one = ordering(more);
    assert.equal((await results(asha.token, [one]))[0].status, 'rejected');
    assert.deepEqual(stack.sql(`SELECT payload, status FROM sync_queue WHERE change_id = '${one.change_id}'`), [['{}', 'rejected']]);
    assert.equal((await results(asha.token, [one]))[0].status, 'rejected');
  }
  const called = ordering({ customer_phone: '+501800000009', x: 1 });
  assert.deepEqual(statuses(await results(asha.token, [called])), ['validation_failed']);
  assert.equal(JSON.parse(stack.sqlValue(`SELECT payload FROM sync_queue WHERE change_id = '${called.change_id}'`)).customer_phone, '+501800000009');
  const plain = ordering({ id: '41111111-1111-1111-8111-111111111111', x: 1.5 });
  await results(asha.token, [plain]);
  assert.deepEqual(JSON.parse(stack.sqlValue(`SELECT payload FROM sync_queue WHERE change_id = '${plain.change_id}'`)), plain.payload);
});

// ---- Once

test('a hundred orders, sent again whole, in pieces, backwards', async () => {
  const changes = Array.from({ length: 100 }, () => ordering({ id: randomUUID() }));
  const first = await results(asha.token, changes);
  assert.deepEqual(statuses(first), changes.map(() => 'applied'));
  assert.deepEqual(first.map((r) => r.resource.id), changes.map((c) => c.payload.id));
  const numbers = first.map((r) => r.resource.order_number);
  assert.deepEqual(numbers, numbers.map((_, i) => numbers[0] + i), 'in order');
  const before = [count('orders'), count('sync_queue'), count('order_status_history'), count('session_activity_log'), count('sync_logs')];
  const known = new Map(first.map((r) => [r.change_id, { ...r, status: 'duplicate' }]));
  const pieces = [changes, [...changes].reverse(), changes.slice(0, 33), changes.slice(33, 34), changes.slice(20), [changes[7], changes[7], changes[3]]];
  for (const piece of pieces) assert.deepEqual(await results(asha.token, piece), piece.map((c) => known.get(c.change_id)));
  assert.deepEqual([count('orders'), count('sync_queue'), count('order_status_history'), count('session_activity_log'), count('sync_logs')], before);
  assert.equal(count('orders', `session_id = '${asha.session.id}'`), 100);
});

test('twice in one batch', async () => {
  const one = ordering(), bad = ordering({ items: [] });
  const [a, b, c, d] = await results(asha.token, [one, one, bad, bad]);
  assert.deepEqual(statuses([a, b, c, d]), ['applied', 'duplicate', 'validation_failed', 'validation_failed']);
  assert.deepEqual(b.resource, a.resource);
  assert.deepEqual(d, c);
  assert.equal(count('orders', `session_id = '${asha.session.id}'`), 1);
});

test('the first answer stands, whatever comes under the same name', async () => {
  const one = ordering(), bad = ordering({ items: [] });
  const [applied, rejected] = await results(asha.token, [one, bad]);
  for (const other of [{ type: 'order.create', payload: orderOf(lineOf(item, 5)) }, { type: 'order.create', payload: {} },
    { type: 'service_call.create', payload: { kind: 'water' } }, { type: 'order.status', payload: {} },
    { type: 'menu_item.availability', payload: { menu_item_id: item.id, is_available: false } }])
    assert.deepEqual(await results(asha.token, [{ ...one, ...other }, { ...bad, ...other }]), [{ ...applied, status: 'duplicate' }, rejected]);
  assert.equal(count('orders', `session_id = '${asha.session.id}'`), 1);
  assert.equal(count('service_calls', `session_id = '${asha.session.id}'`), 0);
  assert.deepEqual(stack.sql(`SELECT type, payload = '${JSON.stringify(one.payload)}' FROM sync_queue WHERE change_id = '${one.change_id}'`), [['order.create', 't']]);
});

test('a duplicate shows what was answered, though it moved on', async () => {
  const one = ordering();
  const [first] = await results(asha.token, [one]);
  expectStatus(await put(stack, `/api/orders/${first.resource.id}`, { token: tokens.waiter, body: { status: 'confirmed' } }), 200);
  assert.deepEqual(await results(asha.token, [one]), [{ ...first, status: 'duplicate' }]);
});

test('rejected stays rejected, though it could be done now', async () => {
  stack.sql(`UPDATE restaurants SET is_open = false WHERE id = '${restaurantId}'`);
  const closed = ordering(), missing = ordering({}, lineOf(item));
  const [first] = await results(asha.token, [closed]);
  assert.deepEqual(statuses([first]), ['restaurant_closed']);
  stack.sql(`UPDATE restaurants SET is_open = true WHERE id = '${restaurantId}'; UPDATE menu_items SET is_available = false WHERE id = '${item.id}'`);
  const [second] = await results(asha.token, [missing]);
  assert.deepEqual(statuses([second]), ['item_unavailable']);
  stack.sql(`UPDATE menu_items SET is_available = true WHERE id = '${item.id}'`);
  assert.deepEqual(await results(asha.token, [missing, closed]), [second, first]);
  assert.deepEqual(statuses(await results(asha.token, [ordering(), ordering({}, lineOf(item))])), ['applied', 'applied']);
  assert.equal(count('orders', `session_id = '${asha.session.id}'`), 2);
});

test('sent twenty times at once: done once', async () => {
  for (let round = 0; round < 3; round++) {
    const before = count('orders', `session_id = '${asha.session.id}'`);
    const changes = [ordering(), ordering(), ordering({ items: [] }), change('service_call.create', { kind: 'call', message: `round ${round}` })];
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => results(asha.token, i % 2 ? [...changes].reverse() : changes)));
    for (const [i, one] of changes.entries()) {
      const all = answers.map((a) => a.find((r) => r.change_id === one.change_id));
      const { status: _, ...shown } = all[0];
      for (const r of all) assert.deepEqual(r, { ...shown, status: r.status, change_id: one.change_id });
      assert.equal(all.filter((r) => r.status === 'applied').length, i === 2 ? 0 : 1);
      assert.equal(all.filter((r) => r.status === (i === 2 ? 'rejected' : 'duplicate')).length, i === 2 ? 20 : 19);
      assert.equal(queued(one.change_id), 1);
    }
    assert.equal(count('orders', `session_id = '${asha.session.id}'`), before + 2);
    assert.equal(count('service_calls', `message = 'round ${round}'`), 1);
  }
});

test('an order under two names is there once', async () => {
  const id = randomUUID();
  const changes = [ordering({ id }), ordering({ id })];
  assert.deepEqual(statuses(await results(asha.token, changes)), ['applied', 'order_exists']);
  assert.deepEqual(statuses(await results(asha.token, changes.reverse())), ['order_exists', 'duplicate']);
  assert.deepEqual(statuses(await results(bela.token, [ordering({ id })])), ['order_exists']);
  assert.equal(count('orders', `id = '${id}'`), 1);
  // And the direct route and the change do not make two of it either.
  const other = randomUUID();
  await placed(asha.token, { ...orderOf(lineOf(roti)), id: other });
  assert.deepEqual(statuses(await results(asha.token, [ordering({ id: other })])), ['order_exists']);
});

test('what depends on an earlier change of the batch', async () => {
  const id = randomUUID();
  const status = (to) => change('order.status', { order_id: id, status: to });
  const changes = [ordering({ id, table_id: table(4).id }), status('confirmed'), status('preparing'), status('confirmed'), status('ready'), status('served')];
  assert.deepEqual(statuses(await results(tokens.manager, changes)), ['applied', 'applied', 'applied', 'invalid_transition', 'applied', 'applied']);
  assert.equal((await read(id)).status, 'served');
  assert.deepEqual(statuses(await results(tokens.manager, changes)), ['duplicate', 'duplicate', 'duplicate', 'invalid_transition', 'duplicate', 'duplicate']);
  assert.equal((await read(id)).version, 5);
  // A diner calls it off again.
  const own = randomUUID();
  assert.deepEqual(statuses(await results(asha.token, [ordering({ id: own }), change('order.status', { order_id: own, status: 'cancelled' }),
    change('order.status', { order_id: id, status: 'cancelled' })])), ['applied', 'applied', 'not_found']);
  assert.equal((await read(own)).status, 'cancelled');
  // Of another's order it has to keep off.
  const [{ resource }] = await results(bela.token, [ordering()]);
  assert.deepEqual(statuses(await results(asha.token, [change('order.status', { order_id: resource.id, status: 'cancelled' })])), ['not_your_order']);
});

test('the same names of other callers are other changes', async () => {
  const one = ordering();
  const waiters = ordering({ table_id: table(6).id }), foreign = ordering({}, lineOf(theirItem));
  const name = (c) => ({ ...c, change_id: one.change_id });
  const kitchen = { ...change('menu_item.availability', { menu_item_id: item.id, is_available: true }), change_id: one.change_id };
  const senders = [[asha.token, one], [bela.token, one], [tokens.waiter, name(waiters)], [tokens.manager, name(waiters)], [dario.token, name(foreign)], [tokens.kitchen, kitchen]];
  const first = [];
  for (const [token, c] of senders) first.push((await results(token, [c]))[0]);
  assert.deepEqual(statuses(first), senders.map(() => 'applied'));
  assert.equal(new Set(first.map((r) => r.resource.id)).size, senders.length);
  assert.equal(queued(one.change_id), senders.length);
  for (const [i, [token, c]] of senders.entries()) assert.deepEqual(await results(token, [c]), [{ ...first[i], status: 'duplicate' }]);
  // Nor do they wait for each other.
  const held = await hold(stack, `SELECT pg_advisory_xact_lock(hashtextextended('offline ${restaurantId} diner:${asha.diner.id} phone ${one.change_id}', 0))`);
  for (const [token, c] of senders.slice(1)) assert.equal((await results(token, [c]))[0].status, 'duplicate');
  await held.end();
  // Another client of the same caller is another client; another sign-in the same caller.
  assert.equal((await results(asha.token, [one], 'tablet'))[0].status, 'applied');
  assert.equal((await results(await tokenOf(stack, 'waiter'), [name(waiters)]))[0].status, 'duplicate');
});

test('after a merger the same diner is the same caller', async () => {
  const one = ordering(), other = await openSession(stack, 1, { name: 'Omar' });
  const [first] = await results(asha.token, [one]);
  expectStatus(await post(stack, `/api/sessions/${asha.session.id}/merge`, { token: tokens.waiter, body: { session_id: other.session.id } }), 200);
  const [again, next] = await results(asha.token, [one, ordering()]);
  assert.deepEqual(again, { ...first, status: 'duplicate' });
  assert.equal(next.resource.session_id, other.session.id);
});

test('a merger while a refusal waits: the refusal is what is stored', async () => {
  const other = await openSession(stack, 1, { name: 'Omar' });
  const bad = ordering({ items: [] });
  const held = await hold(stack, `SELECT 1 FROM sessions WHERE id = '${asha.session.id}' FOR UPDATE`);
  const waiting = results(asha.token, [bad]);
  await until('it waits', () => count('pg_stat_activity', `wait_event_type = 'Lock'`) === 1);
  await held.run(`UPDATE users SET session_id = '${other.session.id}' WHERE session_id = '${asha.session.id}';
    UPDATE sessions SET status = 'closed', closed_at = now() WHERE id = '${asha.session.id}'`);
  await held.end('COMMIT');
  const [result] = await waiting;
  assert.equal(result.problem?.code, 'validation_failed', JSON.stringify(result));
  assert.deepEqual(await results(asha.token, [bad]), [result]);
});

test('a session that ends in the middle of a batch: 401, what was done is remembered', async () => {
  const batch = Array.from({ length: 12 }, () => ordering());
  const held = await hold(stack, `SELECT 1 FROM order_counters WHERE restaurant_id = '${restaurantId}' FOR UPDATE`);
  if (count('order_counters', `restaurant_id = '${restaurantId}'`) === 0) assert.fail('no counter to hold');
  const waiting = send(asha.token, batch);
  await until('it waits', () => count('pg_stat_activity', `wait_event_type = 'Lock'`) === 1);
  const closing = hold(stack, `UPDATE sessions SET status = 'closed', closed_at = now() WHERE id = '${asha.session.id}'`);
  await until('the end waits for the order', () => count('pg_stat_activity', `wait_event_type = 'Lock'`) === 2);
  await held.end();
  await (await closing).end('COMMIT');
  expectProblem(await waiting, 401, 'session_ended');
  const fates = batch.map((c) => queued(c.change_id)), done = fates.indexOf(0);
  assert.ok(done > 0, 'some were placed before the end, others were not');
  assert.deepEqual(fates, fates.map((_, i) => (i < done ? 1 : 0)));
  expectProblem(await send(asha.token, batch), 401, 'session_ended');
  assert.deepEqual(batch.map((c) => queued(c.change_id)), fates);
  stack.sql(`UPDATE sessions SET status = 'active', closed_at = NULL WHERE id = '${asha.session.id}'`);
  assert.deepEqual(statuses(await results(asha.token, batch)), batch.map((_, i) => (i < done ? 'duplicate' : 'applied')));
  assert.equal(count('orders', `session_id = '${asha.session.id}'`), batch.length);
});

test('no caller, and callers who no longer exist', async () => {
  const one = ordering({ table_id: table(7).id });
  expectProblem(await post(stack, '/api/sync', { body: { client_id: 'x', changes: [one] } }), 401, 'unauthenticated');
  const id = ids.cashier;
  stack.sql(`UPDATE staff SET is_active = false WHERE id = '${id}'`);
  expectProblem(await send(tokens.cashier, [one, change('service_call.create', { kind: 'water' })]), 401, 'token_ended');
  stack.sql(`UPDATE staff SET is_active = true WHERE id = '${id}'`);
  assert.equal(queued(one.change_id), 0);
  assert.deepEqual(statuses(await results(tokens.cashier, [one])), ['applied']);
});

// ---- What is written down

test('rows of sync_queue: as it came, by whom, with what came of it', async () => {
  const at = '2026-01-31T18:30:00.5+05:30';
  const changes = [ordering({ notes: 'caf\u00e9 "x" \\ \u{1f35b}' }), { ...ordering({ items: [], tip_amount: 1.50, deep: [{ a: null }] }), occurred_at: at },
    { ...change('order.status', { order_id: 'X', status: 'ready' }), occurred_at: '9999-12-31T23:59:59Z' }];
  const answers = await results(asha.token, changes, 'till 1');
  for (const [i, c] of changes.entries()) {
    const [row] = stack.sql(`SELECT restaurant_id, caller, client_id, type, status, payload, result, occurred_at = ${c.occurred_at ? `'${c.occurred_at}'` : 'NULL'},
      created_at > now() - interval '1 minute' FROM sync_queue WHERE change_id = '${c.change_id}'`);
    const { change_id: _, status, ...result } = answers[i];
    assert.deepEqual([...row.slice(0, 5), row[7], row[8]], [restaurantId, `diner:${asha.diner.id}`, 'till 1', c.type, status, c.occurred_at ? 't' : '', 't']);
    assert.deepEqual(JSON.parse(row[5]), c.payload);
    assert.deepEqual(JSON.parse(row[6]), result);
  }
  const [{ change_id }] = await results(tokens.waiter, [ordering({ table_id: table(8).id })]);
  assert.equal(stack.sqlValue(`SELECT caller FROM sync_queue WHERE change_id = '${change_id}'`), `staff:${ids.waiter}`);
});

test('a clock that is hours wrong, or years, does no harm', async () => {
  const before = Date.now();
  const times = [-30 * 24 * HOUR, -13 * HOUR, 5 * HOUR, 30 * 24 * HOUR].map((ms) => new Date(before + ms).toISOString());
  times.push('0001-01-01T00:00:00+14:00', '9999-12-31T23:59:59-14:00');
  const changes = times.map((occurred_at) => ({ ...ordering(), occurred_at }));
  const answers = await results(asha.token, changes);
  const now = await placed();
  for (const { status, resource } of answers) {
    assert.equal(status, 'applied');
    assert.equal(resource.business_date, now.business_date);
    assert.ok(Math.abs(Date.parse(resource.created_at) - before) < 60000, resource.created_at);
  }
  assert.deepEqual(answers.map((a) => a.resource.occurred_at), [...times.slice(0, 4), null, null], 'the years 0 and 10000 are no time of the API');
  assert.equal(now.occurred_at, null);
  const numbers = answers.map((a) => a.resource.order_number);
  assert.deepEqual(numbers, numbers.map((_, i) => numbers[0] + i), 'in the order of the batch, not of the clock');
  assert.deepEqual(statuses(await results(asha.token, changes.map((c) => ({ ...c, occurred_at: times[0] })))), times.map(() => 'duplicate'));
});

test('an order taken offline is of the business day when it was taken', async () => {
  const at = (minutes) => new Date(Date.now() + minutes * 60000).toISOString();
  const day = (moment) => stack.sqlValue(`SELECT business_date('${moment}', timezone, business_day_start) FROM restaurants WHERE id = '${restaurantId}'`);
  const was = stack.sqlValue(`SELECT business_day_start FROM restaurants WHERE id = '${restaurantId}'`);
  // The day began five minutes ago.
  stack.sql(`UPDATE restaurants SET business_day_start = date_trunc('minute', (now() - interval '5 minutes') AT TIME ZONE timezone)::time WHERE id = '${restaurantId}'`);
  try {
    const [today, yesterday] = [day(at(0)), day(at(-60))];
    assert.notEqual(today, yesterday);
    for (const [minutes, wanted] of [[-1, today], [-60, yesterday], [-719, yesterday], [-721, today], [60, today]]) {
      const occurred_at = at(minutes), [{ status, resource }] = await results(asha.token, [{ ...ordering(), occurred_at }]);
      assert.deepEqual([status, resource.business_date, resource.occurred_at], ['applied', wanted, occurred_at], `${minutes} minutes`);
      assert.deepEqual(await read(resource), resource);
      assert.equal(resource.order_number, Number(stack.sqlValue(`SELECT last_number FROM order_counters WHERE restaurant_id = '${restaurantId}' AND business_date = '${wanted}'`)));
    }
    assert.equal((await placed()).business_date, today);
  } finally {
    stack.sql(`UPDATE restaurants SET business_day_start = '${was}' WHERE id = '${restaurantId}'`);
  }
});

const minutesFromNow = (minutes) => new Date(Date.now() + minutes * 60000).toISOString();
/** A party that sits at table n since then. */
const seated = async (n, minutes) => {
  const party = await openSession(stack, n);
  stack.sql(`SET session_replication_role = replica; UPDATE sessions SET created_at = '${minutesFromNow(minutes)}' WHERE id = '${party.session.id}'`);
  return party;
};
const moved = async ({ session }, n, minutes) => {
  expectStatus(await post(stack, `/api/sessions/${session.id}/move`, { token: tokens.waiter, body: { table_id: table(n).id } }), 200);
  stack.sql(`SET session_replication_role = replica; UPDATE session_activity_log SET created_at = '${minutesFromNow(minutes)}'
    WHERE session_id = '${session.id}' AND action = 'session_moved' AND created_at > now() - interval '2 minutes'`);
};
const merged = async ({ session }, into, minutes) => {
  expectStatus(await post(stack, `/api/sessions/${session.id}/merge`, { token: tokens.waiter, body: { session_id: into.session.id } }), 200);
  const at = minutesFromNow(minutes);
  stack.sql(`SET session_replication_role = replica; UPDATE sessions SET closed_at = '${at}' WHERE id = '${session.id}';
    UPDATE session_activity_log SET created_at = '${at}' WHERE session_id = '${session.id}' AND action = 'session_merged' AND details ? 'into'`);
};
/** Where an order goes that was taken at table n then. */
const taken = async (n, minutes) => {
  const [result] = await results(tokens.waiter, [{ ...ordering({ table_id: table(n).id }), occurred_at: minutesFromNow(minutes) }]);
  return result.status === 'rejected' ? result.problem.code : [result.resource.session_id, result.resource.table_id];
};

test('an order taken offline at a table follows the party that sat there', async () => {
  const party = await seated(3, -90);
  await moved(party, 4, -30);
  const there = [party.session.id, table(4).id];
  assert.deepEqual(await taken(3, -60), there);
  assert.equal(count('sessions', `table_id = '${table(3).id}' AND status = 'active'`), 0, 'nobody sits at the table that it left');
  assert.deepEqual(await taken(4, -10), there);
  assert.deepEqual(await taken(4, -60), [null, table(4).id], 'before it came to that table');
  const next = await seated(3, -20);
  assert.deepEqual(await taken(3, -60), there, 'while others sit at the first table');
  assert.deepEqual(await taken(3, -10), [next.session.id, table(3).id]);
  // It goes on, and comes back to a table where it was.
  await moved(party, 5, -8);
  await moved(party, 4, -4);
  for (const [n, minutes] of [[3, -60], [4, -15], [5, -6], [4, -3]]) assert.deepEqual(await taken(n, minutes), there, `table ${n}, ${minutes} minutes`);
  assert.deepEqual(await taken(4, -6), [null, table(4).id]);
  const bill = expectStatus(await get(stack, `/api/sessions/${party.session.id}/bill`, { token: tokens.waiter }), 200).json;
  assert.equal(bill.orders.length, 7);
  expectStatus(await post(stack, `/api/sessions/${party.session.id}/close`, { token: tokens.manager, body: { force: true } }), 200);
  assert.equal(await taken(3, -60), 'session_closed');
});

test('where a party was before its move is unknown of an older one: it counts as at its table of now', async () => {
  const party = await seated(3, -90);
  await moved(party, 4, -30);
  stack.sql('SET session_replication_role = replica; UPDATE session_activity_log SET from_table_id = NULL');
  assert.deepEqual(await taken(4, -60), [party.session.id, table(4).id]);
});

test('an order taken offline at a table goes to what its party was merged into', async () => {
  const [first, second, third] = [await seated(3, -90), await seated(4, -80), await seated(5, -70)];
  await moved(first, 6, -50);
  await merged(first, second, -40);
  for (const [n, minutes] of [[3, -60], [6, -45], [4, -60], [4, -30]]) assert.deepEqual(await taken(n, minutes), [second.session.id, table(4).id], `table ${n}, ${minutes} minutes`);
  await merged(second, third, -20);
  await moved(third, 7, -10);
  for (const [n, minutes] of [[3, -60], [6, -45], [4, -30], [5, -30], [7, -5]]) assert.deepEqual(await taken(n, minutes), [third.session.id, table(7).id], `table ${n}, ${minutes} minutes`);
  const [fresh] = await taken(6, -30);
  assert.ok(fresh !== null && ![first, second, third].some((p) => p.session.id === fresh), 'after the merger nobody sat there');
  expectStatus(await post(stack, `/api/sessions/${third.session.id}/close`, { token: tokens.manager, body: { force: true } }), 200);
  assert.equal(await taken(3, -60), 'session_closed');
});

test('a move or a merger comes while an order taken offline waits', async () => {
  const [first, second] = [await seated(3, -90), await seated(4, -80)];
  const meanwhile = async (what, body) => {
    const busy = await hold(stack, `SELECT FROM sessions WHERE id = '${first.session.id}' FOR UPDATE`);
    const changing = post(stack, `/api/sessions/${first.session.id}/${what}`, { token: tokens.waiter, body });
    await until('the change waits', () => busy.waiting() > 0);
    const order = taken(3, -60);
    await until('the order waits, too', () => busy.waiting() > 1);
    await busy.end('COMMIT');
    expectStatus(await changing, 200);
    return order;
  };
  assert.deepEqual(await meanwhile('move', { table_id: table(5).id }), [first.session.id, table(5).id]);
  assert.deepEqual(await meanwhile('merge', { session_id: second.session.id }), [second.session.id, table(4).id]);
});

test('an order taken offline goes to the session that ran at its table then', async () => {
  const at = (minutes) => new Date(Date.now() + minutes * 60000).toISOString();
  const id = table(10).id, first = await openSession(stack, 10);
  const began = (session, minutes) => stack.sql(`SET session_replication_role = replica; UPDATE sessions SET created_at = '${at(minutes)}' WHERE id = '${session.session.id}'`);
  began(first, -90);
  const sent = async (minutes, more = {}) => {
    const one = { ...ordering({ table_id: id, ...more }), ...(minutes === null ? {} : { occurred_at: at(minutes) }) };
    const [result] = await results(tokens.waiter, [one]);
    return result.status === 'rejected' ? result.problem.code : [result.resource.session_id, result.resource.table_id];
  };
  for (const minutes of [-60, 0, 60, null]) assert.deepEqual(await sent(minutes), [first.session.id, id], `${minutes}`);
  assert.deepEqual(await sent(-120), [null, id], 'before anybody sat there');
  // The party has gone; others sit there since.
  stack.sql(`SET session_replication_role = replica; UPDATE sessions SET status = 'closed', closed_at = '${at(-30)}' WHERE id = '${first.session.id}'`);
  const next = await openSession(stack, 10);
  began(next, -20);
  assert.equal(await sent(-60), 'session_closed');
  assert.deepEqual(await sent(-25), [null, id], 'between the two');
  for (const minutes of [-10, null, 60, -40 * 24 * 60]) assert.deepEqual(await sent(minutes), [next.session.id, id], `${minutes}`);
  assert.deepEqual(await sent(-60, { session_id: next.session.id }), [next.session.id, id], 'who names the session means it');
  // The next party's bill has what it ordered, and nothing of the first.
  assert.equal(count('orders', `session_id = '${next.session.id}'`), 5);
  assert.equal(count('orders', `session_id = '${first.session.id}'`), 4);
});

test('activity and history as by the direct route', async () => {
  const traces = async (doIt) => {
    const guest = await openSession(stack, 2, { name: 'Trace' });
    const own = randomUUID(), second = randomUUID();
    await doIt([guest.token, 'order.create', { ...orderOf(lineOf(item)), id: own }], [tokens.waiter, 'order.status', { order_id: own, status: 'confirmed' }],
      [tokens.kitchen, 'order.status', { order_id: own, status: 'preparing' }], [tokens.manager, 'order.status', { order_id: own, status: 'cancelled', reason: 'burnt' }],
      [tokens.cashier, 'order.create', { ...orderOf(lineOf(item)), id: second, session_id: guest.session.id }], [guest.token, 'service_call.create', { kind: 'bill' }]);
    const names = new Map([[own, 'own'], [second, 'second'], [guest.diner.id, 'guest'], [guest.session.id, 'session']]);
    const named = (rows) => rows.map((row) => row.map((text) => [...names].reduce((t, [id, name]) => t.replaceAll(id, name), text)));
    const trace = [
      stack.sql(`SELECT action, actor_role, actor_id, details FROM session_activity_log WHERE session_id = '${guest.session.id}' ORDER BY id`),
      stack.sql(`SELECT order_id, from_status, to_status, actor_role, actor_id, reason FROM order_status_history WHERE order_id IN ('${own}', '${second}') ORDER BY id`),
      stack.sql(`SELECT id, session_id, table_id, diner_id, staff_id, status, version, total_amount FROM orders WHERE id IN ('${own}', '${second}') ORDER BY order_number`),
      stack.sql(`SELECT order_id, status, quantity, version FROM order_items WHERE order_id IN ('${own}', '${second}') ORDER BY order_id = '${second}', position`),
      stack.sql(`SELECT entity_id, entity_version FROM sync_logs WHERE entity_id IN ('${own}', '${second}') ORDER BY entity_id = '${second}'`),
    ].map(named);
    expectStatus(await post(stack, `/api/sessions/${guest.session.id}/close`, { token: tokens.manager, body: { force: true } }), 200);
    return trace;
  };
  const paths = { 'order.create': () => ['POST', '/api/orders'], 'order.status': (p) => ['PUT', `/api/orders/${p.order_id}`], 'service_call.create': () => ['POST', '/api/service-calls'] };
  const direct = await traces(async (...steps) => {
    for (const [token, type, { order_id, ...body }] of steps) {
      const answer = await call(stack, ...paths[type]({ order_id }), { token, body });
      assert.ok(answer.status < 300, answer.text);
    }
  });
  const synced = await traces(async (...steps) => {
    for (const [token, type, payload] of steps) assert.deepEqual(statuses(await results(token, [change(type, payload)])), ['applied']);
  });
  assert.ok(direct.every((rows) => rows.length > 0));
  assert.deepEqual(synced, direct);
});

// ---- What changed

const changesOf = async (token, since) => {
  const answer = expectStatus(await get(stack, `/api/sync${since ? `?since=${encodeURIComponent(since)}` : ''}`, { token }), 200).json;
  assert.deepEqual(Object.keys(answer), ['orders', 'sessions', 'service_calls', 'menu_version', 'is_snapshot', 'next_cursor']);
  assert.equal(answer.is_snapshot, since === undefined);
  return answer;
};
const idsOf = (list) => list.map((x) => x.id).sort();
const cancelAll = () => stack.sql(`UPDATE orders SET status = 'cancelled' WHERE status <> 'cancelled'; UPDATE service_calls SET acknowledged_at = now(), acknowledged_by = '${ids.waiter}' WHERE acknowledged_at IS NULL AND restaurant_id = '${restaurantId}'`);

test('the snapshot: a diner its session, staff what is open, the kitchen the orders', async () => {
  cancelAll();
  const other = await openSession(stack, 1, { name: 'Omar' });
  const own = [await placed(), await placed(bela.token), await placed(tokens.waiter, { ...orderOf(lineOf(roti)), session_id: asha.session.id })];
  const gone = await placed(), cancelled = await placed();
  expectStatus(await del(stack, `/api/orders/${gone.id}`, { token: tokens.manager, body: { reason: 'entered twice' } }), 204);
  expectStatus(await put(stack, `/api/orders/${cancelled.id}`, { token: asha.token, body: { status: 'cancelled' } }), 200);
  const foreign = [await placed(other.token), await placed(tokens.waiter, { ...orderOf(lineOf(roti)), order_type: 'takeaway' })];
  await placed(dario.token, orderOf(lineOf(theirItem)));
  const calling = async (token) => expectStatus(await post(stack, '/api/service-calls', { token, body: { kind: 'water' } }), 201).json;
  const calls = [await calling(asha.token), await calling(bela.token), await calling(other.token)];
  const closed = await openSession(stack, 3, { name: 'Gone' });
  expectStatus(await post(stack, `/api/sessions/${closed.session.id}/close`, { token: tokens.waiter }), 200);
  expectStatus(await post(stack, `/api/service-calls/${calls[1].id}/ack`, { token: tokens.waiter }), 200);
  for (const token of [asha.token, bela.token]) {
    const diner = await changesOf(token);
    assert.deepEqual(diner.orders, await Promise.all([...own, cancelled].sort((a, b) => a.order_number - b.order_number).map((o) => read(o))));
    assert.deepEqual(diner.sessions.map((s) => [s.id, s.diners.length]), [[asha.session.id, 2]]);
    assert.deepEqual(idsOf(diner.service_calls), idsOf(calls.slice(0, 2)));
    assert.equal(diner.menu_version, Number(stack.sqlValue(`SELECT menu_version FROM restaurants WHERE id = '${restaurantId}'`)));
  }
  for (const role of ['waiter', 'cashier', 'manager', 'owner']) {
    const staff = await changesOf(tokens[role]);
    assert.deepEqual(staff.orders, await Promise.all([...own, ...foreign].sort((a, b) => a.order_number - b.order_number).map((o) => read(o))));
    assert.deepEqual(idsOf(staff.sessions), idsOf([asha.session, other.session]));
    for (const s of staff.sessions) assert.deepEqual(s, expectStatus(await get(stack, `/api/sessions/${s.id}`, { token: tokens.waiter }), 200).json);
    assert.deepEqual(idsOf(staff.service_calls), idsOf([calls[0], calls[2]]));
  }
  const kitchen = await changesOf(tokens.kitchen);
  assert.deepEqual(idsOf(kitchen.orders), idsOf([...own, ...foreign]));
  assert.deepEqual([kitchen.sessions, kitchen.service_calls], [[], []], 'the kitchen may read neither elsewhere');
  const { sessions, service_calls: later } = await changesOf(tokens.kitchen, kitchen.next_cursor.replace(/^\d+/, '3'));
  assert.deepEqual([sessions, later], [[], []]);
});

test('after each kind of change: just that', async () => {
  cancelAll();
  const order = await placed(), other = await openSession(stack, 1, { name: 'Omar' });
  const theirs_ = await placed(other.token);
  const calls = expectStatus(await post(stack, '/api/service-calls', { token: asha.token, body: { kind: 'water' } }), 201).json;
  const cursors = {};
  const seers = { asha: asha.token, omar: other.token, dario: dario.token, waiter: tokens.waiter, kitchen: tokens.kitchen };
  for (const [name, token] of Object.entries(seers)) cursors[name] = (await changesOf(token)).next_cursor;
  const seen = async (name) => {
    const { orders, sessions, service_calls, menu_version, next_cursor } = await changesOf(seers[name], cursors[name]);
    cursors[name] = next_cursor;
    return { orders, sessions, service_calls, menu_version };
  };
  const short = (s) => [idsOf(s.orders), idsOf(s.sessions), idsOf(s.service_calls)];
  const none = [[], [], []];
  for (const name of Object.keys(seers)) assert.deepEqual(short(await seen(name)), none, name);
  const { menu_version: menuBefore } = await seen('asha');
  const put_ = (path, body, token = tokens.waiter) => put(stack, path, { token, body });
  const session = (what, body, id = asha.session.id) => post(stack, `/api/sessions/${id}/${what}`, { token: tokens.waiter, body });
  const sid = asha.session.id, at = (s) => s.sessions[0];
  let left; // to be paid
  for (const [what, doIt, wanted, check] of [
    ['an order confirmed', () => put_(`/api/orders/${order.id}`, { status: 'confirmed' }), [[order.id], [], []], (s) => assert.equal(s.orders[0].status, 'confirmed')],
    ['a line prepared', () => put_(`/api/orders/${order.id}/items/${order.items[0].id}`, { status: 'preparing' }, tokens.kitchen), [[order.id], [], []],
      (s) => assert.equal(s.orders[0].items[0].status, 'preparing')],
    ['the last line ready', () => put_(`/api/orders/${order.id}/items/${order.items[0].id}`, { status: 'ready' }, tokens.kitchen), [[order.id], [], []],
      (s) => assert.deepEqual([s.orders[0].items[0].status, s.orders[0].status], ['ready', 'ready'])],
    ['a discount on it', () => post(stack, `/api/orders/${order.id}/adjustments`, { token: tokens.manager, body: { kind: 'discount', amount: 1000, reason: 'cold' } }), [[order.id], [], []],
      (s) => {
        const [{ adjusted, due, adjustments }] = s.orders;
        assert.deepEqual([adjusted.discount_amount, adjustments.map((a) => a.kind)], [1000, ['discount']]);
        assert.ok(due === adjusted.total_amount && due < order.total_amount);
        left = due;
      }],
    ['part of it paid', () => post(stack, '/api/payments', { token: tokens.waiter, body: { order_id: order.id, amount: 1, method: 'cash' } }), [[order.id], [], []],
      (s) => assert.notEqual(s.orders[0].payment_status, order.payment_status)],
    ['all of it paid', () => post(stack, '/api/payments', { token: tokens.waiter, body: { order_id: order.id, amount: left - 1, method: 'cash' } }), [[order.id], [], []],
      (s) => assert.equal(s.orders[0].payment_status, 'paid')],
    ['the call acknowledged', () => post(stack, `/api/service-calls/${calls.id}/ack`, { token: tokens.waiter }), [[], [], [calls.id]],
      (s) => assert.deepEqual([s.service_calls[0].status, s.service_calls[0].acknowledged_by], ['acknowledged', ids.waiter])],
    ['more time', () => session('extend', { minutes: 5 }), [[], [sid], []], (s) => assert.equal(Date.parse(at(s).expires_at), Date.parse(asha.session.expires_at) + 5 * 60000)],
    ['another PIN', () => session('pin'), [[], [sid], []], () => {}],
    ['another table', () => session('move', { table_id: table(4).id }), [[order.id], [sid], [calls.id]],
      (s) => assert.deepEqual([at(s).table_id, s.orders[0].table_id, s.service_calls[0].table_id], Array(3).fill(table(4).id))],
  ]) {
    const answer = await doIt();
    assert.ok(answer.status < 300, `${what}: ${answer.text}`);
    for (const name of ['asha', 'waiter']) {
      const s = await seen(name);
      assert.deepEqual(short(s), wanted, `${what}: ${name}`);
      check(s);
      if (s.sessions[0]) assert.equal(s.sessions[0].version, (expectStatus(await get(stack, `/api/sessions/${sid}`, { token: tokens.waiter }), 200)).json.version);
    }
    assert.deepEqual(short(await seen('kitchen')), [wanted[0], [], []], what);
    for (const name of ['omar', 'dario']) assert.deepEqual(short(await seen(name)), none, `${what}: ${name}`);
  }
  // A diner comes.
  await joinSession(stack, other.code, other.pin, { name: 'Late' });
  assert.deepEqual((await seen('omar')).sessions[0].diners.map((d) => d.display_name), ['Omar', 'Late']);
  // An order goes.
  expectStatus(await del(stack, `/api/orders/${theirs_.id}`, { token: tokens.manager, body: { reason: 'entered twice' } }), 204);
  for (const name of ['omar', 'waiter', 'kitchen']) {
    const { orders: [gone] } = await seen(name);
    assert.equal(gone.id, theirs_.id);
    assert.ok(gone.deleted_at, name);
  }
  // A session is closed: staff hear it.
  expectStatus(await session('close', {}, other.session.id), 200);
  const closed = await seen('waiter');
  assert.deepEqual(closed.sessions.map((s) => [s.id, s.status]), [[other.session.id, 'closed']]);
  expectProblem(await get(stack, `/api/sync?since=${cursors.omar}`, { token: other.token }), 401, 'session_ended');
  // The menu.
  for (const is_available of [false, true])
    expectStatus(await call(stack, 'PATCH', `/api/menu/items/${roti.id}`, { token: tokens.kitchen, body: { is_available } }), 200);
  for (const name of ['asha', 'waiter']) assert.ok((await seen(name)).menu_version > menuBefore, name);
  assert.equal((await seen('dario')).menu_version, Number(stack.sqlValue(`SELECT menu_version FROM restaurants WHERE slug = '${theirs}'`)));
});

test('an old order and an old call that change are sent', async () => {
  const order = await placed();
  const old = expectStatus(await post(stack, '/api/service-calls', { token: asha.token, body: { kind: 'water' } }), 201).json;
  stack.sql(`SET session_replication_role = replica; UPDATE orders SET business_date = business_date - 30, created_at = created_at - interval '30 days', order_number = order_number + 100000 WHERE id = '${order.id}';
    UPDATE service_calls SET created_at = created_at - interval '30 days' WHERE id = '${old.id}'; UPDATE sessions SET created_at = created_at - interval '30 days' WHERE id = '${asha.session.id}'`);
  const { next_cursor: cursor } = await changesOf(tokens.waiter);
  expectStatus(await del(stack, `/api/orders/${order.id}`, { token: tokens.manager, body: { reason: 'entered twice' } }), 204);
  expectStatus(await post(stack, `/api/service-calls/${old.id}/ack`, { token: tokens.waiter }), 200);
  expectStatus(await post(stack, `/api/sessions/${asha.session.id}/extend`, { token: tokens.waiter, body: { minutes: 5 } }), 200);
  const s = await changesOf(tokens.waiter, cursor);
  assert.deepEqual([idsOf(s.orders), idsOf(s.sessions), idsOf(s.service_calls)], [[order.id], [asha.session.id], [old.id]]);
});

test('a transaction that is held open across polls is seen when it commits', async () => {
  const [slow, quick, later] = [await placed(), await placed(), await placed()];
  const session = await openSession(stack, 5, { name: 'Slow' });
  const serviceCall = expectStatus(await post(stack, '/api/service-calls', { token: asha.token, body: { kind: 'water' } }), 201).json;
  const seers = { [tokens.waiter]: 3, [asha.token]: 2 };
  const cursors = {};
  for (const token of Object.keys(seers)) cursors[token] = (await changesOf(token)).next_cursor;
  const poll = async (token) => {
    const answer = await changesOf(token, cursors[token]);
    cursors[token] = answer.next_cursor;
    return answer;
  };
  const held = await hold(stack, `UPDATE orders SET status = 'confirmed' WHERE id = '${slow.id}';
    UPDATE sessions SET expires_at = expires_at + interval '1 hour' WHERE id = '${session.session.id}';
    UPDATE service_calls SET message = 'slow' WHERE id = '${serviceCall.id}'`);
  const status = async (order, to) => expectStatus(await put(stack, `/api/orders/${order.id}`, { token: tokens.waiter, body: { status: to } }), 200);
  for (const [order, to] of [[quick, 'confirmed'], [later, 'confirmed'], [quick, 'preparing']]) {
    await status(order, to);
    for (const token of Object.keys(seers)) {
      const { orders } = await poll(token);
      assert.equal(orders.find((o) => o.id === order.id)?.status, to, 'what committed is seen');
      assert.ok(!orders.some((o) => o.id === slow.id), 'what did not is not');
    }
  }
  await held.end('COMMIT');
  for (const token of Object.keys(seers)) {
    const { orders, sessions, service_calls: calls } = await poll(token);
    assert.equal(orders.find((o) => o.id === slow.id)?.status, 'confirmed');
    assert.equal(calls.find((c) => c.id === serviceCall.id)?.message, 'slow');
    assert.equal(sessions.some((s) => s.id === session.session.id), token === tokens.waiter);
    const { orders: more, sessions: none, service_calls: nor } = await poll(token);
    assert.deepEqual([more, none, nor], [[], [], []], 'then there is nothing more to tell');
  }
  // One that is rolled back is not seen.
  const undone = await hold(stack, `UPDATE orders SET status = 'preparing' WHERE id = '${slow.id}'`);
  await poll(tokens.waiter);
  await undone.end();
  assert.deepEqual((await poll(tokens.waiter)).orders, []);
});

test('an order whose insertion is held open across polls', async () => {
  const { next_cursor: first } = await changesOf(tokens.waiter);
  const held = await hold(stack, `SELECT 1 FROM order_counters WHERE restaurant_id = '${restaurantId}' FOR UPDATE`);
  const waiting = [placed(), placed(bela.token)];
  await until('they wait', () => count('pg_stat_activity', `wait_event_type = 'Lock'`) === 2);
  const { next_cursor: second, orders } = await changesOf(tokens.waiter, first);
  assert.deepEqual(orders, []);
  await held.end();
  const both = await Promise.all(waiting);
  assert.deepEqual(idsOf((await changesOf(tokens.waiter, second)).orders), idsOf(both));
});

test('random changes at once: polling ends with the snapshot', async (t) => {
  const { below, from } = random(t);
  cancelAll();
  const parties = [asha];
  for (let n = 1; n < 4; n++) parties.push(await openSession(stack, n, { name: `Host ${n}` }));
  const spare = [4, 5, 6, 7];
  const orders = [], calls = [];
  let running = true;
  const quietly = async (answer) => assert.ok((await answer).status < 500, (await answer).text);
  const deeds = [
    async () => { const a = await post(stack, '/api/orders', { token: from(parties).token, body: orderOf(lineOf(roti), lineOf(item)) }); if (a.status === 201) orders.push(a.json); },
    async () => { const a = await post(stack, '/api/service-calls', { token: from(parties).token, body: { kind: 'water' } }); if (a.status === 201) calls.push(a.json); },
    async () => orders.length && quietly(put(stack, `/api/orders/${from(orders).id}`, { token: tokens.manager, body: { status: from(['confirmed', 'preparing', 'ready', 'served', 'completed', 'cancelled']), reason: 'x' } })),
    async () => { if (!orders.length) return; const o = from(orders); await quietly(put(stack, `/api/orders/${o.id}/items/${from(o.items).id}`, { token: tokens.kitchen, body: { status: from(['preparing', 'ready', 'served']) } })); },
    async () => orders.length && quietly(post(stack, '/api/payments', { token: tokens.waiter, body: { order_id: from(orders).id, amount: 1 + below(3), method: 'cash' } })),
    async () => calls.length && quietly(post(stack, `/api/service-calls/${from(calls).id}/ack`, { token: tokens.waiter })),
    async () => below(4) === 0 && orders.length && quietly(del(stack, `/api/orders/${from(orders).id}`, { token: tokens.manager, body: { reason: 'entered twice' } })),
    async () => quietly(post(stack, `/api/sessions/${from(parties).session.id}/extend`, { token: tokens.waiter, body: { minutes: 1 + below(9) } })),
    async () => { const p = from(parties); const a = await post(stack, `/api/sessions/${p.session.id}/pin`, { token: tokens.waiter }); if (a.status === 200) p.pin = a.json.pin; },
    async () => {
      const p = from(parties), to = table(from(spare));
      if (below(3) === 0 && (await post(stack, `/api/sessions/${p.session.id}/move`, { token: tokens.waiter, body: { table_id: to.id } })).status === 200) p.code = to.code;
    },
    async () => { const { code, pin } = from(parties); await quietly(post(stack, `/api/r/${ours}/sessions/join`, { body: { code, pin, display_name: 'Late' } })); },
    async () => below(12) === 0 && quietly(post(stack, `/api/sessions/${parties[2].session.id}/merge`, { token: tokens.waiter, body: { session_id: parties[3].session.id } })),
    async () => { // a slow one
      if (!orders.length) return;
      const held = await hold(stack, `SET LOCAL lock_timeout = '2s'; UPDATE orders SET status = status WHERE id = '${from(orders).id}'`).catch(() => null);
      await sleep(below(120));
      await held?.end(from(['COMMIT', 'ROLLBACK']));
    },
  ];
  /** Applies what it receives unless it has a higher version. */
  const follow = async (token) => {
    let state, cursor, polls = 0, snapshots = 0;
    const apply = (kind, list) => {
      for (const x of list) if (!(state[kind].get(x.id)?.version > x.version)) state[kind].set(x.id, x);
    };
    const poll = async () => {
      const answer = await get(stack, `/api/sync${cursor ? `?since=${cursor}` : ''}`, { token });
      polls++;
      if (answer.status === 410) {
        cursor = undefined;
        return poll();
      }
      expectStatus(answer, 200);
      if (answer.json.is_snapshot) {
        state = { orders: new Map(), sessions: new Map(), service_calls: new Map() };
        snapshots++;
      }
      for (const kind of Object.keys(state)) apply(kind, answer.json[kind]);
      cursor = answer.json.next_cursor;
    };
    await poll();
    while (running) {
      await sleep(below(60));
      await poll();
    }
    await poll();
    return { state, polls, snapshots };
  };
  const watching = [tokens.waiter, tokens.kitchen, ...parties.map((p) => p.token)].map((token) => follow(token).then((f) => ({ token, ...f })));
  const end = Date.now() + 9000, atLast = end + 60000;
  const isEnough = () => Date.now() > end && orders.length > 5 && calls.length > 5;
  await Promise.all(Array.from({ length: 6 }, async () => {
    while (!isEnough() && Date.now() < atLast) await from(deeds)();
  }));
  running = false;
  const followers = await Promise.all(watching);
  const isOpen = { orders: (o) => !o.deleted_at && !['completed', 'cancelled'].includes(o.status), sessions: (s) => s.status === 'active', service_calls: (c) => c.status === 'open' };
  t.diagnostic(`${orders.length} orders, ${calls.length} calls, ${followers.map((f) => `${f.polls} polls ${f.snapshots} snapshots`).join(', ')}`);
  assert.ok(orders.length > 5 && calls.length > 5);
  for (const { token, state } of followers) {
    const isStaff = [tokens.waiter, tokens.kitchen].includes(token);
    const snapshot = await changesOf(token);
    for (const kind of Object.keys(state)) {
      const own = (x) => isStaff || x.session_id === undefined || x.session_id === snapshot.sessions[0].id;
      const mine = [...state[kind].values()].filter((x) => (isStaff ? isOpen[kind](x) : !x.deleted_at && own(x)));
      const plain = (list) => list.map(({ waited_seconds: _, ...x }) => x).sort((a, b) => (a.id < b.id ? -1 : 1));
      assert.deepEqual(plain(mine), plain(snapshot[kind]), `${kind} of ${isStaff ? 'staff' : 'a diner'}`);
    }
  }
});

// ---- Cursors

test('after a merger a diner begins again, and sees what was there before', async () => {
  const other = await openSession(stack, 1, { name: 'Omar' });
  const there = await placed(other.token);
  const { next_cursor: cursor } = await changesOf(asha.token);
  const { next_cursor: host } = await changesOf(other.token);
  const own = await placed();
  expectStatus(await post(stack, `/api/sessions/${asha.session.id}/merge`, { token: tokens.waiter, body: { session_id: other.session.id } }), 200);
  expectProblem(await get(stack, `/api/sync?since=${cursor}`, { token: asha.token }), 410, 'cursor_stale');
  const mine = await changesOf(asha.token);
  assert.deepEqual(idsOf(mine.orders), idsOf([there, own]));
  assert.deepEqual(mine.sessions.map((s) => [s.id, s.diners.length]), [[other.session.id, 3]]);
  // Who was there hears of what came.
  const theirs_ = await changesOf(other.token, host);
  assert.deepEqual([idsOf(theirs_.orders), theirs_.sessions[0].diners.length], [[own.id], 3]);
});

test('cursors: garbage, old, of the future, of others', async () => {
  const { next_cursor: cursor } = await changesOf(asha.token);
  const [xid, seconds, ...scope] = cursor.split('-');
  const since = (text, token = asha.token) => get(stack, `/api/sync?since=${encodeURIComponent(text)}`, { token });
  for (const text of ['', 'x', '-', '--', '5', '5-', '-5', '5-5', '+5-5-x', '5-+5-x', '-5-5-x', '5--5-x', '5 5-x', '5- 5-x', '0x5-5-x', `${'9'.repeat(20)}-5-x`,
    `5-${'9'.repeat(13)}-x`, '5.0-5-x', `${cursor}${'x'.repeat(80)}`, 'null', "1'; --", 'c0ffee00-0000-4000-8000-000000000000'])
    expectProblem(await since(text), 422, 'validation_failed', ['since']);
  const made = (x, s, rest = scope.join('-')) => `${x}-${s}-${rest}`;
  expectStatus(await since(made(xid, seconds)), 200);
  expectStatus(await since(made(xid, Number(seconds) - 86000)), 200);
  for (const [text, why] of [
    [made(xid, Number(seconds) - 86500), 'older than a day'],
    [made(xid, Number(seconds) + 120), 'from the future'],
    [made(Number(xid) + 1000000, seconds), 'of a later time of the database'],
    [made('9'.repeat(19), '9'.repeat(12)), 'far'],
    [made(xid, 0), 'of 1970'],
    [made(xid, seconds, dario.session.id), 'of another session'],
    [made(xid, seconds, ''), 'of nothing'],
    [(await changesOf(tokens.waiter)).next_cursor, 'of staff'],
    [(await changesOf(dario.token)).next_cursor, "of the other restaurant's diner"],
  ]) {
    const problem = expectProblem(await since(text), 410, 'cursor_stale');
    assert.ok(problem.detail, why);
  }
  expectProblem(await since(cursor, tokens.waiter), 410, 'cursor_stale');
  expectProblem(await since((await changesOf(tokens.kitchen)).next_cursor, tokens.waiter), 410, 'cursor_stale');
  assert.equal((await changesOf(asha.token)).is_snapshot, true, 'and then a snapshot');
  expectProblem(await get(stack, '/api/sync?until=5', { token: asha.token }), 422, 'validation_failed', ['until']);
  expectProblem(await get(stack, '/api/sync'), 401, 'unauthenticated');
});

test('the other restaurant\'s cursor shows nothing of it', async () => {
  const theirManager = await tokenOf(stack, 'manager', theirs);
  const { next_cursor: cursor } = await changesOf(theirManager);
  await placed();
  await placed(dario.token, orderOf(lineOf(theirItem)));
  for (const [token, id] of [[tokens.manager, restaurantId], [theirManager, stack.restaurant(theirs).id]]) {
    const { orders, sessions } = await changesOf(token, cursor);
    assert.equal(orders.length, 1);
    for (const x of [...orders, ...sessions]) assert.equal(x.restaurant_id, id);
  }
});
