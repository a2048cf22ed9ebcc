// Live events: who may listen, who hears what, and what an event says.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, del, expectProblem, expectStatus, get, joinSession, lineOf, newKey, openSession, orderOf, post, put, readMenu, tokenOf } from './lib/client.mjs';
import { document } from './lib/document.mjs';
import { packages } from './lib/paths.mjs';
import { killRt, listen, listenWs, startRt, ticketOf } from './lib/listen.mjs';
import { startStack } from './lib/stack.mjs';
import { until } from './lib/until.mjs';

const { EventSource } = packages('eventsource');
const theirs = 'caffe-lungarno', origin = 'https://order.example.com';
const staffRoles = ['kitchen', 'waiter', 'cashier', 'manager', 'owner'];

let stack, items, theirItem, tokens, asha, bela, dario, restaurantId;
const open = [], tickets = [];
before(async () => {
  stack = await startStack({ mirror: false, settings: { CORS_ORIGINS: origin } });
  stack.sql(`UPDATE restaurants SET session_opening = 'diner'`);
  items = (await readMenu(stack)).items.filter((i) => i.is_available);
  theirItem = (await readMenu(stack, theirs)).items.find((i) => i.is_available);
  tokens = { there: await tokenOf(stack, 'manager', theirs) };
  for (const role of staffRoles) tokens[role] = await tokenOf(stack, role);
  restaurantId = stack.restaurant().id;
});
after(() => stack?.stop());
beforeEach(async () => {
  stack.sql(`UPDATE sessions SET status = 'closed', closed_at = now() WHERE status = 'active'`);
  asha = await openSession(stack, 0);
  bela = await openSession(stack, 1, { name: 'Bela' });
  dario = await openSession(stack, 0, { slug: theirs, name: 'Dario' });
});
afterEach(() => open.splice(0).forEach((l) => l.close?.()));

const heard = async (promise) => {
  const listener = await promise;
  assert.ok(listener.events, `was not let in: ${listener.status} ${listener.text}`);
  open.push(listener);
  return listener;
};
const on = (token, more = {}) => heard(listen(stack, { token, ...more }));
const ticket = async (token) => {
  const text = await ticketOf(stack, token);
  tickets.push(text);
  return text;
};
const place = async (guest, item = items[0]) =>
  expectStatus(await post(stack, '/api/orders', { token: guest.token, body: orderOf(lineOf(item)), key: newKey() }), 201).json;
const step = async (order, status, token = tokens.waiter) =>
  expectStatus(await put(stack, `/api/orders/${order.id}`, { token, body: { status } }), 200).json;
const close = async (guest) => expectStatus(await post(stack, `/api/sessions/${guest.session.id}/close`, { token: tokens.manager, body: { force: true } }), 200).json;
const callStaff = async (guest, body = { kind: 'water' }) => expectStatus(await post(stack, '/api/service-calls', { token: guest.token, body }), 201).json;
/** Everybody's last word: what was to come before has come. */
async function settle(...listeners) {
  const order = await place(bela), theirOrder = await place(dario, theirItem);
  for (const l of listeners.filter((l) => l.of !== 'there')) await l.hears('the last order', (e) => e.resource.id === order.id);
  for (const l of listeners.filter((l) => l.of === 'there')) await l.hears('their last order', (e) => e.resource.id === theirOrder.id);
  return order;
}

// ---- Who may listen

for (const role of ['diner', ...staffRoles]) {
  test(`a ${role} listens with a token and with a ticket, as a stream and by WebSocket`, async () => {
    const token = role === 'diner' ? asha.token : tokens[role];
    const all = [await on(token), await on(undefined, { ticket: await ticket(token) }),
      await heard(listenWs(stack, { token })), await heard(listenWs(stack, { ticket: await ticket(token) }))];
    const order = await place(asha);
    for (const l of all) {
      const event = await l.hears('the order', (e) => e.resource.id === order.id);
      assert.equal(event.type, 'order.created');
    }
    await step(order, 'confirmed');
    for (const l of all) {
      await l.hears('the step', (e) => e.type === 'order.updated');
      assert.deepEqual(l.about(order.id).map((e) => e.resource.version), [1, 2]);
    }
  });
}

test('the npm package eventsource, as a browser does it', async () => {
  const source = new EventSource(`${stack.url}/events?ticket=${await ticket(asha.token)}`);
  open.push(source);
  const events = [];
  source.onmessage = ({ data }) => events.push(JSON.parse(data));
  await new Promise((done, failed) => { source.onopen = done; source.onerror = failed; });
  const order = await place(asha);
  await until('the order', () => events.some((e) => e.resource.id === order.id));
});

test('a ticket is valid once', async () => {
  const one = await ticket(asha.token);
  await on(undefined, { ticket: one });
  const again = expectProblem(await listen(stack, { ticket: one }), 401, 'unauthenticated');
  assert.match(again.detail, /ticket/);
});

test('ten at once with one ticket: one listens', async () => {
  const one = await ticket(tokens.waiter);
  const answers = await Promise.all([...Array(10)].map(() => listen(stack, { ticket: one })));
  open.push(...answers.filter((a) => a.events));
  assert.deepEqual(answers.map((a) => a.status).sort(), [200, ...Array(9).fill(401)]);
});

test('a ticket lasts a minute', async () => {
  const start = performance.now(), one = await ticket(asha.token);
  const left = Number(stack.sqlValue('SELECT extract(epoch FROM max(expires_at) - now()) FROM event_tickets'));
  assert.ok(left > 59 - (performance.now() - start) / 1000 && left <= 60, String(left));
  stack.sql(`UPDATE event_tickets SET expires_at = now() - interval '1 millisecond'`);
  expectProblem(await listen(stack, { ticket: one }), 401, 'unauthenticated');
  assert.match((await stack.ctl(['cleanup'])).stdout, /^[1-9]\d* expired tickets for live events removed/m);
  assert.equal(stack.sqlValue('SELECT count(*) FROM event_tickets'), '0');
});

test('a ticket is stored as a hash', async () => {
  const [id, secret] = (await ticket(asha.token)).split('.');
  const row = stack.sqlValue(`SELECT t::text FROM event_tickets t`);
  assert.ok(row.includes(id) && !row.includes(secret) && !row.includes(Buffer.from(secret).toString('hex')));
});

test('what is not a ticket', async () => {
  const good = await ticket(asha.token), [id, secret] = good.split('.');
  const bad = ['x', '.', secret, `${id}.`, `${id}.${secret}x`, `${id}.${secret.slice(1)}`, `${id}.${randomBytes(32).toString('base64url')}`,
    `${stack.restaurant(theirs).id}.${secret}`, `${id.toUpperCase()}.${secret}`, good.replace('.', '%2E'), `${good}%00`, '%00', '%ff', '%', "'", '../x', 'a'.repeat(200), 'a'.repeat(201),
    'a'.repeat(4000), `${good}&ticket=${good}x`.replace(good, 'none')];
  for (const text of bad) {
    const answer = await listen(stack, { ticket: text });
    expectProblem(answer, 401, 'unauthenticated');
    assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/, text);
  }
  await on(undefined, { ticket: good }); // it was not used up
});

test('what is not a token', async () => {
  const [head, body, signature] = asha.token.split('.');
  const bad = [undefined, 'x', '', `${head}.${body}.`, `${head}.${body}.${signature.slice(0, -2)}`, ` ${asha.token}x`];
  for (const token of bad) expectProblem(await listen(stack, { headers: token === undefined ? {} : { Authorization: `Bearer ${token}` } }), 401, 'unauthenticated');
  expectProblem(await listen(stack, { headers: { Authorization: 'Basic eDp5' } }), 401, 'unauthenticated');
  expectProblem(await listen(stack, { ticket: '' }), 401, 'unauthenticated');
  expectProblem(await listen(stack, { query: `?token=${asha.token}` }), 401, 'unauthenticated');
  assert.equal((await listenWs(stack, {})).status, 401);
});

test('callers whose sign-in or session has ended cannot listen', async () => {
  const [before, used] = [await ticket(asha.token), await ticket(tokens.kitchen)];
  await close(asha);
  expectProblem(await listen(stack, { token: asha.token }), 401, 'unauthenticated');
  expectProblem(await listen(stack, { ticket: before }), 401, 'unauthenticated');
  expectProblem(await post(stack, '/api/events/ticket', { token: asha.token }), 401, 'session_ended');
  stack.sql(`UPDATE staff SET is_active = false WHERE restaurant_id = '${restaurantId}' AND role = 'kitchen'`);
  try {
    expectProblem(await listen(stack, { token: tokens.kitchen }), 401, 'unauthenticated');
    expectProblem(await listen(stack, { ticket: used }), 401, 'unauthenticated');
  } finally {
    stack.sql(`UPDATE staff SET is_active = true WHERE restaurant_id = '${restaurantId}' AND role = 'kitchen'`);
  }
});

test('a ticket needs only a token', async () => {
  for (const body of [undefined, {}]) assert.equal((await post(stack, '/api/events/ticket', { token: asha.token, body })).json.expires_in, 60);
  expectProblem(await post(stack, '/api/events/ticket', { token: asha.token, body: { x: 1 } }), 422, 'validation_failed', ['/x']);
  expectProblem(await post(stack, '/api/events/ticket'), 401, 'unauthenticated');
});

test('methods', async () => {
  for (const method of ['HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
    const answer = await listen(stack, { method, token: tokens.owner, documented: false });
    assert.equal(answer.status, 405, method);
    assert.equal(answer.headers.get('allow'), 'GET');
    if (method !== 'HEAD') expectProblem(answer, 405, 'method_not_allowed');
  }
});

test('a channel cannot be named', async () => {
  const there = stack.restaurant(theirs).id;
  for (const path of [`/events/r.${there}`, `/events/${there}`, '/events/', `/sub/r.${there}`, `/pub/r.${there}`, '/.events', `/.events?ticket=x`])
    expectProblem(await listen(stack, { path, token: tokens.owner, documented: false }), 404, 'not_found');
  const curious = await on(tokens.owner, { query: `?channel=r.${there}&id=${there}&restaurant_id=${there}`, documented: false,
    headers: { 'X-Rt-Channel': `r.${there}`, 'X-Accel-Redirect': `/sub/r.${there}` } });
  await place(dario, theirItem);
  await settle(curious);
  assert.deepEqual([...new Set(curious.events.map((e) => e.restaurant_id))], [restaurantId]);
});

// ---- Who hears what

test('a diner hears its session and the menu, staff the restaurant, nobody another one', async () => {
  const a = await on(asha.token), b = await on(bela.token), waiter = await on(tokens.waiter), kitchen = await on(tokens.kitchen);
  const d = Object.assign(await on(dario.token), { of: 'there' }), there = Object.assign(await on(tokens.there), { of: 'there' });
  const companion = await on((await joinSession(stack, asha.code, asha.pin)).token);
  const [order, other, foreign] = [await place(asha), await place(bela), await place(dario, theirItem)];
  const wanted = await callStaff(asha);
  const takeaway = expectStatus(await post(stack, '/api/orders', { token: tokens.waiter, body: { ...orderOf(lineOf(items[0])), order_type: 'takeaway' } }), 201).json;
  expectStatus(await post(stack, '/api/menu/bulk', { token: tokens.manager, body: { changes: [{ id: items[1].id, is_available: true, price: 12300 }] } }), 200);
  for (const l of [a, b, companion, waiter, kitchen]) await l.hears('the menu', (e) => e.type === 'menu.updated');
  await settle(b, waiter, kitchen, d, there);
  const orders = (l) => [...new Set(l.events.filter((e) => e.type.startsWith('order.')).map((e) => e.resource.id))];
  assert.deepEqual(orders(a), [order.id]);
  assert.deepEqual(orders(companion), [order.id]);
  assert.ok(orders(b).includes(other.id) && !orders(b).includes(order.id) && !orders(b).includes(takeaway.id));
  for (const l of [waiter, kitchen]) assert.ok([order.id, other.id, takeaway.id].every((id) => orders(l).includes(id)) && !orders(l).includes(foreign.id));
  assert.equal(a.about(wanted.id).length, 1);
  assert.equal(b.about(wanted.id).length, 0);
  for (const l of [d, there]) {
    assert.ok(orders(l).includes(foreign.id) && orders(l).every((id) => ![order.id, other.id, takeaway.id].includes(id)));
    assert.ok(l.events.every((e) => e.restaurant_id === stack.restaurant(theirs).id && e.type !== 'menu.updated'));
  }
  for (const l of [a, b, companion, waiter, kitchen]) assert.ok(l.events.every((e) => e.restaurant_id === restaurantId));
});

test('after tables merge', async () => {
  const a = await on(asha.token), b = await on(bela.token);
  const order = await place(asha);
  await a.hears('the order', (e) => e.resource.id === order.id);
  expectStatus(await post(stack, `/api/sessions/${asha.session.id}/merge`, { token: tokens.waiter, body: { session_id: bela.session.id } }), 200);
  await a.ends();
  await b.hears('the order that came over', (e) => e.resource.id === order.id);
  const back = await on(asha.token);
  const later = await place(bela);
  for (const l of [back, b]) await l.hears('an order of the one table', (e) => e.resource.id === later.id);
});

test('the stream of a session that is closed ends, after the event that says so', async () => {
  const stream = await on(asha.token), socket = await heard(listenWs(stack, { token: asha.token }));
  const b = await on(bela.token), waiter = await on(tokens.waiter);
  await close(asha);
  for (const l of [stream, socket]) {
    await l.ends();
    assert.equal(l.events.at(-1)?.type, 'session.updated');
    assert.equal(l.events.at(-1).resource.status, 'closed');
  }
  await settle(b, waiter);
  assert.ok(!b.ended && !waiter.ended);
  expectProblem(await listen(stack, { token: asha.token }), 401, 'unauthenticated');
});

test('so does that of a session that expired', async () => {
  const stream = await on(asha.token);
  stack.sql(`UPDATE sessions SET expires_at = now() - interval '1 second', created_at = now() - interval '1 hour' WHERE id = '${asha.session.id}'`);
  assert.equal((await stack.ctl(['cleanup'])).status, 0);
  await stream.ends();
  assert.equal(stream.events.at(-1).resource.status, 'expired');
});

/** rt behind a door that holds each listener, let in by the workers, until open() is called. */
async function doorBeforeRt() {
  const sub = join(stack.dir, 'run-rt/sub.sock'), behind = `${sub}.behind`;
  renameSync(sub, behind);
  const waiting = [], door = createServer((client) => {
    waiting.push(client);
    client.on('error', () => {});
  });
  await new Promise((done) => { door.listen(sub, done); });
  chmodSync(sub, 0o666);
  return {
    waiting,
    open: () => waiting.splice(0).forEach((client) => {
      const rt = connect(behind);
      rt.on('error', () => client.destroy()).pipe(client).pipe(rt);
    }),
    close: () => { door.close(); renameSync(behind, sub); },
  };
}

test('let in before its session was closed, listening after that: the stream ends within 30 s', async () => {
  const witness = await on(asha.token), door = await doorBeforeRt();
  try {
    const late = [listen(stack, { token: asha.token }), listenWs(stack, { token: asha.token }), listen(stack, { token: bela.token })];
    await until('all three are let in', () => door.waiting.length === 3);
    await close(asha);
    await witness.ends();
    const since = Date.now();
    door.open();
    const [stream, socket, b] = await Promise.all(late.map(heard));
    for (const l of [stream, socket]) {
      await l.ends(30000 - (Date.now() - since));
      assert.deepEqual(l.events, []);
    }
    await settle(b);
    assert.ok(!b.ended);
  } finally {
    door.close();
  }
});

// ---- Who may no longer hear

/** Orders without a pause, as many at a time as there are guests; stop() returns the ids of those begun after mark(). */
function traffic(...guests) {
  let going = true, marked = false;
  const later = [];
  const all = guests.map(async (guest) => {
    while (going) {
      const isLater = marked, order = await place(guest);
      if (isLater) later.push(order.id);
    }
  });
  return {
    mark: () => { marked = true; },
    async stop() { going = false; await Promise.all(all); return later; },
  };
}

/** The listeners hear nothing that happens after the change, and are let go within five seconds, however busy it is. */
async function expectSilence(listeners, change, guests) {
  const busy = traffic(...guests);
  for (const l of listeners) await l.hears('the traffic', (e) => e.type === 'order.created');
  await change();
  busy.mark();
  const since = Date.now();
  try {
    for (const l of listeners) await l.ends(5000 - (Date.now() - since));
    await sleep(200);
  } finally {
    const later = new Set(await busy.stop());
    assert.ok(later.size > 0, 'there was no traffic');
    for (const l of listeners) assert.deepEqual(l.events.filter((e) => later.has(e.resource.id)), []);
  }
}

let hired = 0;
async function hire(role) {
  const email = `heard-${++hired}@example.com`, password = 'long enough for this';
  const { id } = expectStatus(await post(stack, '/api/staff', { token: tokens.owner, body: { email, display_name: 'Temp', role, password } }), 201).json;
  const { access_token: token } = expectStatus(await post(stack, '/api/auth/login', { body: { restaurant: stack.slug, email, password } }), 200).json;
  return { id, email, password, token };
}

const change = (member, body) => async () => expectStatus(await call(stack, 'PATCH', `/api/staff/${member.id}`, { token: tokens.owner, body }), 200);
for (const [what, how] of [
  ['removed', (member) => async () => expectStatus(await del(stack, `/api/staff/${member.id}`, { token: tokens.owner }), 204)],
  ['switched off', (member) => change(member, { is_active: false })],
  ['given another role', (member) => change(member, { role: 'kitchen' })],
  ['given another password', (member) => change(member, { password: 'another one, as long' })],
]) {
  test(`an account that is ${what} hears nothing more`, async () => {
    const member = await hire('waiter'), other = await on(tokens.there, {});
    const listeners = [await on(member.token), await heard(listenWs(stack, { token: member.token })), await on(undefined, { ticket: await ticket(member.token) })];
    const drawn = await ticket(member.token);
    await expectSilence(listeners, how(member), [asha, bela]);
    for (const door of [{ token: member.token }, { ticket: drawn }]) expectProblem(await listen(stack, door), 401, 'unauthenticated');
    // The others come back at once; another restaurant's never left.
    const colleague = await on(tokens.waiter);
    other.of = 'there';
    await settle(colleague, other);
    assert.ok(!other.ended);
  });
}

test('a change of a name ends nobody\'s stream', async () => {
  const member = await hire('waiter'), stream = await on(member.token), channels = stack.sqlValue('SELECT count(*) FROM closed_channels');
  await change(member, { display_name: 'Ann' })();
  await change(member, { role: 'waiter' })();
  await settle(stream);
  assert.equal(stack.sqlValue('SELECT count(*) FROM closed_channels'), channels);
  assert.ok(!stream.ended);
});

test('two accounts changed at once', async () => {
  for (let round = 0; round < 4; round++) {
    const [one, two] = [await hire('waiter'), await hire('cashier')];
    const listeners = [await on(one.token), await on(two.token)];
    await expectSilence(listeners, () => Promise.all([change(one, { is_active: false })(), change(two, { is_active: false })()]), [asha]);
  }
});

test('let in before the account was removed, listening after that: it hears nothing, and is let go within five seconds', async () => {
  const member = await hire('waiter'), door = await doorBeforeRt();
  try {
    const late = [listen(stack, { token: member.token }), listenWs(stack, { token: member.token })];
    await until('both are let in', () => door.waiting.length === 2);
    await change(member, { is_active: false })();
    await sleep(1500);
    const since = Date.now(), busy = traffic(asha);
    door.open();
    const all = await Promise.all(late.map(heard));
    for (const l of all) await l.ends(5000 - (Date.now() - since));
    await busy.stop();
    for (const l of all) assert.deepEqual(l.events, []);
  } finally {
    door.close();
  }
});

test('a guest who was sent away hears nothing more, nor does a phone that was lost', async () => {
  const guest = await joinSession(stack, asha.code, asha.pin, { name: 'Chitra' }), waiter = await on(tokens.waiter), neighbour = await on(bela.token);
  const at = `/api/sessions/${asha.session.id}/diners/${guest.diner.id}`;
  await expectSilence([await on(guest.token), await heard(listenWs(stack, { token: guest.token }))], async () => {
    const { code } = expectStatus(await post(stack, `${at}/link`, { token: tokens.waiter }), 200).json;
    guest.token = expectStatus(await post(stack, `/api/r/${stack.slug}/sessions/resume`, { body: { code } }), 200).json.token;
  }, [asha]);
  await expectSilence([await on(guest.token)], async () => expectStatus(await del(stack, at, { token: tokens.waiter }), 200), [asha]);
  expectProblem(await listen(stack, { token: guest.token }), 401, 'unauthenticated');
  // Who stays at the table hears of it again, the menu too, and the end of the session.
  const host = await on(asha.token);
  const order = await place(asha);
  await host.hears('the order', (e) => e.resource.id === order.id);
  expectStatus(await call(stack, 'PATCH', `/api/menu/items/${items[0].id}`, { token: tokens.manager, body: { description: 'New' } }), 200);
  await host.hears('the menu', (e) => e.type === 'menu.updated');
  await settle(waiter, neighbour);
  await close(asha);
  await host.ends();
  assert.equal(host.events.at(-1).resource.status, 'closed');
  assert.ok(!waiter.ended && !neighbour.ended);
});

test('any stream ends after 15 minutes, and a disabled account does not come back', async () => {
  const file = join(stack.dir, 'run-rt/nginx.conf'), conf = readFileSync(file, 'utf8');
  const rtWith = async (text) => {
    await killRt(stack);
    writeFileSync(file, text);
    await startRt(stack);
  };
  assert.match(conf, /nchan_subscriber_timeout 900;/);
  await rtWith(conf.replace('nchan_subscriber_timeout 900;', 'nchan_subscriber_timeout 2;'));
  const enable = (yes) => stack.sql(`UPDATE staff SET is_active = ${yes} WHERE restaurant_id = '${restaurantId}' AND role = 'kitchen'`);
  try {
    const all = [await on(tokens.kitchen), await heard(listenWs(stack, { token: tokens.kitchen }))];
    enable(false);
    for (const l of all) await l.ends(15000);
    expectProblem(await listen(stack, { token: tokens.kitchen }), 401, 'unauthenticated');
  } finally {
    enable(true);
    await rtWith(conf);
  }
});

// ---- What an event says

const schemaOf = { order: 'EventOrder', session: 'EventSession', payment: 'EventPayment', service_call: 'EventServiceCall', menu: 'EventMenu' };

test('every type of event, with its fields and its version', async () => {
  const waiter = await on(tokens.waiter);
  const guest = await openSession(stack, 2, { name: 'Chandra' });
  const order = await step(await place(guest), 'confirmed');
  const wanted = await callStaff(guest, { kind: 'bill', message: 'Split it' });
  const acknowledged = expectStatus(await post(stack, `/api/service-calls/${wanted.id}/ack`, { token: tokens.waiter }), 200).json;
  const extended = expectStatus(await post(stack, `/api/sessions/${guest.session.id}/extend`, { token: tokens.waiter, body: { minutes: 10 } }), 200).json;
  const payment = randomUUID();
  stack.sql(`SET orderzap.events = on; INSERT INTO payments (restaurant_id, id, order_id, session_id, amount, tip_amount, currency, method, staff_id, business_date)
    SELECT o.restaurant_id, '${payment}', o.id, o.session_id, 100, 5, o.currency, 'cash', (SELECT id FROM staff s WHERE s.restaurant_id = o.restaurant_id AND s.role = 'waiter' LIMIT 1), o.business_date
    FROM orders o WHERE o.id = '${order.id}'`);
  expectStatus(await post(stack, '/api/menu/bulk', { token: tokens.manager, body: { changes: [{ id: items[1].id, price: 23400 }] } }), 200);
  const gone = await step(await place(guest), 'cancelled', tokens.manager);
  expectStatus(await del(stack, `/api/orders/${gone.id}`, { token: tokens.manager, body: { reason: 'entered twice' } }), 204);
  await waiter.hears('the deletion', (e) => e.resource.id === gone.id && e.resource.deleted_at);
  await waiter.hears('the payment', (e) => e.resource.id === payment);
  for (const event of waiter.events) {
    assert.deepEqual(Object.keys(event).sort(), ['id', 'resource', 'restaurant_id', ...(event.type === 'menu.updated' ? [] : ['session_id']), 'type'], event.type);
    const schema = document.components.schemas[schemaOf[event.type.split('.')[0]]];
    assert.deepEqual(Object.keys(event.resource).sort(), [...schema.required].sort(), event.type);
  }
  const same = (event, resource) => { for (const [key, value] of Object.entries(event.resource)) assert.deepEqual(value, resource[key], `${event.type}: ${key}`); };
  const of = (resource) => waiter.about(resource.id);
  assert.deepEqual(of(order).map((e) => [e.type, e.resource.version, e.resource.status]), [['order.created', 1, 'pending'], ['order.updated', 2, 'confirmed']]);
  same(of(order)[1], order);
  assert.equal(of(order)[1].session_id, guest.session.id);
  assert.deepEqual(of(wanted).map((e) => [e.type, e.resource.version, e.resource.status]), [['service_call.updated', 1, 'open'], ['service_call.updated', 2, 'acknowledged']]);
  same(of(wanted)[0], wanted);
  same(of(acknowledged)[1], acknowledged);
  assert.ok(of(guest.session).every((e) => e.type === 'session.updated'));
  same(of(guest.session).find((e) => e.resource.version === extended.version), extended);
  assert.deepEqual(of({ id: payment }).map((e) => [e.type, e.resource.amount, e.resource.order_id, e.resource.method]), [['payment.recorded', 100, order.id, 'cash']]);
  const { menu } = await readMenu(stack);
  assert.equal(waiter.events.filter((e) => e.type === 'menu.updated').at(-1).resource.menu_version, menu.version ?? menu.menu_version ?? Number(stack.sqlValue(`SELECT menu_version FROM restaurants WHERE id = '${restaurantId}'`)));
  assert.deepEqual([...new Set(waiter.types())].sort(), document.components.schemas.Event.properties.type.enum.toSorted());
  assert.deepEqual(of(gone).map((e) => e.resource.version), [1, 2, 3]);
});

test('waiter, guest and cook hear at once that a dish is not to be had, and find it off the order', async () => {
  const refuse = (order, line, body, token = tokens.kitchen) => post(stack, `/api/orders/${order.id}/adjustments`, { token, body: { kind: 'void', item_id: line.id, ...body } });
  for (const all of [false, true]) {
    const order = expectStatus(await post(stack, '/api/orders', { token: asha.token, body: orderOf(lineOf(items[0]), lineOf(items[1])), key: newKey() }), 201).json;
    const ears = [await on(tokens.waiter), await on(asha.token), await on(tokens.kitchen)], neighbour = await on(bela.token);
    for (const line of order.items.slice(0, all ? 2 : 1)) expectStatus(await refuse(order, line, { reason: 'sold_out' }), 201);
    const now = expectStatus(await get(stack, `/api/orders/${order.id}`, { token: asha.token }), 200).json;
    assert.deepEqual(now.adjustments.map((a) => [a.kind, a.reason, a.actor_role]), Array(all ? 2 : 1).fill(['void', 'sold_out', 'kitchen']));
    assert.deepEqual([now.items[0].voided_quantity, now.status], [1, all ? 'cancelled' : 'pending']);
    for (const ear of ears) {
      const event = await ear.hears('the refusal', (e) => e.resource.id === order.id && e.resource.version === now.version);
      assert.deepEqual([event.type, event.resource.status, event.resource.total_amount], ['order.updated', now.status, now.adjusted.total_amount]);
    }
    await settle(neighbour);
    assert.deepEqual(neighbour.about(order.id), []);
    const screen = expectStatus(await get(stack, '/api/kitchen', { token: tokens.kitchen }), 200).json.data.filter((l) => l.order_id === order.id);
    assert.deepEqual(screen.map((l) => l.id), order.items.slice(all ? 2 : 1).map((l) => l.id));
  }
  // A cook refuses what is not made yet, for that reason alone.
  const order = await place(asha);
  expectProblem(await refuse(order, order.items[0], { reason: 'no time' }), 403, 'insufficient_role');
  expectStatus(await put(stack, `/api/orders/${order.id}/items/${order.items[0].id}`, { token: tokens.kitchen, body: { status: 'ready' } }), 200);
  expectProblem(await refuse(order, order.items[0], { reason: 'sold_out' }), 403, 'insufficient_role');
});

test('each change gives one event, with an id of its own, and a repeat gives none', async () => {
  const waiter = await on(tokens.waiter);
  const key = newKey(), body = orderOf(lineOf(items[0]));
  const answers = await Promise.all([1, 2, 3].map(() => post(stack, '/api/orders', { token: asha.token, key, body })));
  const order = answers.find((a) => a.status === 201).json;
  await step(order, 'confirmed');
  await put(stack, `/api/orders/${order.id}`, { token: tokens.waiter, body: { status: 'pending' } }); // refused
  await settle(waiter);
  await sleep(1200); // two looks more
  assert.deepEqual(waiter.about(order.id).map((e) => e.resource.version), [1, 2]);
  assert.equal(new Set(waiter.events.map((e) => e.id)).size, waiter.events.length);
});

test('a change that is not made sends no event', async () => {
  const waiter = await on(tokens.waiter);
  const order = await place(asha);
  stack.sql(`SET orderzap.events = on; BEGIN; UPDATE orders SET status = 'confirmed' WHERE id = '${order.id}'; ROLLBACK`);
  expectStatus(await post(stack, '/api/orders', { token: asha.token, body: { ...orderOf(lineOf(items[0])), expected_total: 1 } }), 409);
  expectStatus(await get(stack, `/api/orders/${order.id}`, { token: asha.token }), 200);
  await settle(waiter);
  assert.deepEqual(waiter.about(order.id).map((e) => e.resource.version), [1]);
  assert.equal(waiter.events.filter((e) => e.type === 'order.created').length, 2);
});

test('an event is there as soon as the change is', async () => {
  const waiter = await on(tokens.waiter);
  // Each order comes just after a look, so that polling would make nearly all of them late, however often it is tried.
  let quarter = Infinity;
  for (let round = 0; round < 5 && quarter >= 250; round++) {
    const times = [];
    for (let n = 0; n < 20; n++) {
      const order = await place(asha), answered = performance.now();
      await waiter.hears('the order', (e) => e.resource.id === order.id);
      times.push(performance.now() - answered);
    }
    quarter = times.sort((x, y) => x - y)[5];
  }
  assert.ok(quarter < 250, `${quarter} ms: it was polled for`);
});

// ---- The stream itself

test('no message id makes anything arrive twice', async () => {
  const first = await on(tokens.waiter);
  const old = await settle(first);
  const date = new Date().toUTCString(), at = Math.floor(Date.now() / 1000);
  const tries = [{ headers: { 'If-Modified-Since': date } }, { headers: { 'If-None-Match': '0' } }, { headers: { 'Last-Event-ID': `${at - 60}:0` } },
    { headers: { 'Last-Event-ID': 'x' } }, { headers: { 'Last-Event-ID': `${'9'.repeat(40)}:[${'1,'.repeat(200)}]` } }, { query: `?last_event_id=${at - 60}:0` }, { query: '?last_event_id=-1:-1' },
    { headers: { 'If-Modified-Since': new Date(0).toUTCString(), 'If-None-Match': '0', 'Last-Event-ID': '0:0' } }];
  for (const t of tries) {
    const l = await on(tokens.waiter, { ...t, documented: false });
    const last = await settle(l);
    assert.equal(l.about(old.id).length, 0);
    assert.equal(l.about(last.id).length, 1);
    l.close();
  }
});

test('the answer\'s headers', async () => {
  const l = await on(asha.token, { headers: { Origin: origin } });
  assert.match(l.headers.get('content-type'), /^text\/event-stream(; charset=utf-8)?$/);
  assert.match(l.headers.get('cache-control'), /no-(store|cache)/);
  assert.match(l.headers.get('x-request-id'), /^[0-9a-f]{32}$/);
  assert.equal(l.headers.get('access-control-allow-origin'), origin);
  assert.equal(l.headers.get('x-content-type-options'), 'nosniff');
  assert.ok(l.headers.get('strict-transport-security'));
  for (const name of ['x-rt-channel', 'access-control-allow-credentials', 'etag', 'last-modified']) assert.equal(l.headers.get(name), null, name);
  const elsewhere = await on(asha.token, { headers: { Origin: 'https://evil.example.com' } });
  assert.equal(elsewhere.headers.get('access-control-allow-origin'), null);
});

test('what a listener sends does nothing', async () => {
  const socket = await heard(listenWs(stack, { token: asha.token })), other = await on(tokens.waiter);
  for (const text of ['{"type":"order.created"}', 'x'.repeat(5000), '']) socket.socket.send(text);
  await settle(other);
  assert.ok(other.events.every((e) => e.type !== undefined && e.restaurant_id === restaurantId));
});

test('without rt: 503, and orders are still placed', async () => {
  await killRt(stack);
  try {
    const answer = await listen(stack, { token: asha.token });
    expectProblem(answer, 503, 'overloaded');
    assert.ok(Number(answer.headers.get('retry-after')) >= 1);
    await place(asha);
  } finally {
    await startRt(stack);
  }
  const l = await on(tokens.waiter);
  await settle(l);
});

test('no log holds a ticket', async () => {
  assert.ok(tickets.length > 10);
  for (const file of ['orderzapd.log', 'nginx/access.log', 'run-rt/error.log']) {
    const text = readFileSync(join(stack.dir, file), 'utf8');
    for (const one of tickets) assert.ok(!text.includes(one.split('.')[1]), `${file}: ${one}`);
  }
  const line = await stack.accessLine(await call(stack, 'POST', '/api/events/ticket', { token: asha.token }));
  assert.equal(line.route, '/api/events/ticket');
});
