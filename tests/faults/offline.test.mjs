// Batches of offline changes while workers are killed, the database restarts
// and clients hang up: each change once, in its order, however it was sent.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { expectStatus, get, joinSession, lineOf, openSession, orderOf, post, readMenu, tokenOf } from '../api/lib/client.mjs';
import { hold } from '../api/lib/hold.mjs';
import { workersOf } from '../api/lib/processes.mjs';
import { startStack } from '../api/lib/stack.mjs';
import { patience, until } from '../api/lib/until.mjs';

const POOL_MIN = 4, LOGIN = 2, DEVICES = 8, HANG_UPS = 4;

let stack, items, guests, tokens;
before(async () => {
  stack = await startStack({ settings: { DATABASE_POOL_MIN: POOL_MIN, DATABASE_POOL_MAX: 8, LOGIN_WORKERS: LOGIN, REQUEST_MAX_AGE_MS: 5000 } });
  items = (await readMenu(stack)).items.filter((i) => i.is_available);
  tokens = { manager: await tokenOf(stack, 'manager') };
});
beforeEach(async () => {
  // Where the test before killed workers, the master waits up to ten seconds until it starts others.
  await until('it serves', async () => workers().length >= POOL_MIN + LOGIN && (await get(stack, '/health')).status === 200, 40000);
  stack.sql(`UPDATE sessions SET status = 'closed', closed_at = now() WHERE status = 'active'`);
  guests = [];
  for (let table = 0; table < 4; table++) {
    const opened = await openSession(stack, table);
    guests.push(opened, await joinSession(stack, opened.code, opened.pin));
  }
});
after(() => stack?.stop());

const masterPid = () => Number(readFileSync(join(stack.dir, 'run/orderzapd.pid'), 'utf8'));
const workers = () => workersOf(masterPid());
const count = (of, where = 'true') => Number(stack.sqlValue(`SELECT count(*) FROM ${of} WHERE ${where}`));

/** One that has a request in hand, if there is one, so that a kill rarely meets one that only waits: it has a connection more. */
function busiest(pids) {
  const sockets = (pid) => {
    try {
      return readdirSync(`/proc/${pid}/fd`).filter((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith('socket:')).length;
    } catch {
      return 0; // it ended, or closed one meanwhile
    }
  };
  const counted = pids.map((pid) => [sockets(pid), pid]).sort(([a], [b]) => b - a);
  return counted[0][1];
}

/** Whether it was still there. */
function kill(pid) {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

/** What a device has to send: each tenth change is wrong, each fifth calls off the order before it. */
function backlog(n) {
  const changes = [];
  for (let i = 0; changes.length < n; i++) {
    const make = (type, payload) => changes.push({ change_id: `${i}-${changes.length}`, type, payload, occurred_at: new Date().toISOString() });
    if (i % 10 === 9) make('order.create', { ...orderOf(lineOf(items[0])), items: [] });
    else make('order.create', { ...orderOf(lineOf(items[i % items.length], 1 + (i % 3))), ...(i % 2 ? { id: randomUUID() } : {}) });
    if (i % 5 === 3 && changes.at(-1).payload.id) make('order.status', { order_id: changes.at(-1).payload.id, status: 'cancelled' });
    if (i % 7 === 6) make('service_call.create', { kind: 'water' });
  }
  return changes.slice(0, n);
}

const makeDevices = (n) => guests.map((guest, i) => ({ guest, client_id: `device ${i}`, changes: backlog(n), before: count('orders', `diner_id = '${guest.diner.id}'`) }));

/** Sends it until it is answered; what was not answered may be sent otherwise. */
async function untilAnswered(send) {
  const codes = {};
  for (const deadline = Date.now() + 90000 * patience; Date.now() < deadline;) {
    let answer;
    try {
      answer = await send();
    } catch (error) {
      answer = { status: 0, text: String(error.cause ?? error) };
    }
    if (answer.status === 200) return { ...answer, codes };
    codes[answer.json?.code ?? answer.status] = (codes[answer.json?.code ?? answer.status] ?? 0) + 1;
    assert.ok([0, 503, 504].includes(answer.status), answer.text);
    if (answer.status) assert.ok(Number(answer.headers.get('retry-after')) >= 1, 'Retry-After');
    await sleep(50 + Math.random() * 100);
  }
  throw new Error('never answered');
}

/** Sends all of a device's changes in pieces, each until it is answered; sometimes one again. device.lost: how many sendings were not answered. */
async function deliver(device, sizes = [3, 10, 30, 50]) {
  const answers = new Map();
  device.lost = 0;
  for (let at = 0; at < device.changes.length;) {
    const piece = device.changes.slice(at, at + sizes[Math.floor(Math.random() * sizes.length)]);
    let sendings = 0;
    const answer = await untilAnswered(() => {
      device.lost += sendings++ > 0;
      return post(stack, '/api/sync', { token: device.guest.token, body: { client_id: device.client_id, changes: piece } });
    });
    assert.deepEqual(answer.json.results.map((r) => r.change_id), piece.map((c) => c.change_id));
    for (const r of answer.json.results) answers.set(r.change_id, r);
    if (Math.random() < 0.8) at += piece.length;
    await sleep(20);
  }
  device.answers = answers;
}

/** Each change of the devices has come to pass once, as it was answered, and in order. */
function expectOnce(devices) {
  for (const { guest, client_id, changes, answers } of devices) {
    const mine = `caller = 'diner:${guest.diner.id}' AND client_id = '${client_id}'`;
    const rows = stack.sql(`SELECT change_id, status, type, result ->> 'resource' IS NOT NULL, result -> 'resource' ->> 'id' FROM sync_queue WHERE ${mine} ORDER BY id`);
    assert.deepEqual(rows.map((r) => r[0]), changes.map((c) => c.change_id), 'each once, in order');
    const created = [];
    for (const [i, [id, status, type, , resource]] of rows.entries()) {
      const answer = answers.get(id);
      assert.equal(status === 'applied', answer.status !== 'rejected', id);
      assert.equal(status, changes[i].payload.items?.length === 0 ? 'rejected' : 'applied', JSON.stringify(answer));
      if (status === 'applied') assert.equal(answer.resource.id, resource);
      if (status === 'applied' && type === 'order.create') created.push(resource);
    }
    assert.equal(new Set(created).size, created.length);
    assert.deepEqual(stack.sql(`SELECT o.id FROM orders o WHERE o.diner_id = '${guest.diner.id}' ORDER BY o.business_date, o.order_number`).flat(), created);
    assert.equal(count('service_calls', `diner_id = '${guest.diner.id}'`), changes.filter((c) => c.type === 'service_call.create').length);
    const cancelled = changes.filter((c) => c.type === 'order.status').length;
    assert.equal(count('orders', `diner_id = '${guest.diner.id}' AND status = 'cancelled'`), cancelled);
  }
  // Counted once over all: a look at each table for each order takes seconds.
  assert.deepEqual(stack.sql(`SELECT o.id FROM orders o
    LEFT JOIN (SELECT order_id, count(*) AS n FROM order_items GROUP BY 1) i ON i.order_id = o.id
    LEFT JOIN (SELECT order_id, count(*) AS n FROM order_status_history GROUP BY 1) h ON h.order_id = o.id
    LEFT JOIN (SELECT details ->> 'order_id' AS order_id, count(*) AS n FROM session_activity_log WHERE action = 'order_placed' GROUP BY 1) a
      ON a.order_id = o.id::text
    WHERE i.n IS NULL OR h.n IS DISTINCT FROM CASE o.status WHEN 'cancelled' THEN 2 ELSE 1 END OR a.n IS DISTINCT FROM 1`), []);
  assert.deepEqual(stack.sql(`SELECT 1 FROM order_counters c WHERE c.last_number <> (SELECT count(*) FROM orders o
    WHERE o.restaurant_id = c.restaurant_id AND o.business_date = c.business_date)`), [], 'numbered without gaps');
}

test('workers are killed while batches are sent: each change once', async () => {
  await until('the pools are full', () => workers().length >= POOL_MIN + LOGIN);
  await sleep(5000); // what dies later than that was no failure to start
  const devices = makeDevices(100);
  const lost = () => devices.reduce((sum, device) => sum + (device.lost ?? 0), 0);
  let running = true, kills = 0;
  const killer = (async () => {
    while (running && (kills < 20 || lost() < 5)) {
      await sleep(20 + Math.random() * 60);
      const pids = workers();
      // Two are spared, so that something gets through between the backoffs.
      if (!running || pids.length <= 2) continue;
      kills += kill(Math.random() < 0.5 ? busiest(pids) : pids[Math.floor(Math.random() * pids.length)]);
    }
  })();
  try {
    await Promise.all(devices.map((device) => deliver(device)));
  } finally {
    running = false;
    await killer;
  }
  console.error(`# ${kills} workers killed, ${lost()} sendings lost`);
  assert.ok(kills >= 5 && lost() >= 1, `only ${kills} killed, ${lost()} sent again`);
  expectOnce(devices);
});

test('a worker is killed in the middle of a batch: what was done is done, the rest is done next time', async () => {
  const [{ token, diner }] = guests;
  const changes = Array.from({ length: 20 }, (_, i) => ({ change_id: `cut ${i}`, type: i === 4 ? 'service_call.create' : 'order.create',
    payload: i === 4 ? { kind: 'taxi' } : orderOf(lineOf(items[0])) }));
  const send = (list) => post(stack, '/api/sync', { token, body: { client_id: 'cut', changes: list } });
  await until('workers', () => workers().length >= POOL_MIN + LOGIN);
  // The eighth waits for its name until its worker is dead.
  const held = await hold(stack, `SELECT pg_advisory_xact_lock(hashtextextended('offline ${stack.restaurant().id} diner:${diner.id} cut cut 7', 0))`);
  const cut = send(changes).catch((error) => ({ status: 0, text: String(error) }));
  await until('it waits', () => count('pg_stat_activity', `wait_event = 'advisory'`) === 1);
  for (const pid of workers()) kill(pid);
  const answer = await cut;
  assert.ok([0, 502, 503].includes(answer.status), answer.text);
  await held.end();
  await until('it is gone', () => count('pg_stat_activity', `wait_event = 'advisory'`) === 0);
  const names = () => stack.sql(`SELECT change_id FROM sync_queue WHERE client_id = 'cut' AND caller = 'diner:${diner.id}' ORDER BY id`).flat();
  assert.deepEqual(names(), changes.slice(0, 7).map((c) => c.change_id));
  assert.equal(count('orders', `diner_id = '${diner.id}'`), 6);
  const { json } = await untilAnswered(() => send(changes));
  assert.deepEqual(json.results.map((r) => r.status), changes.map((_, i) => (i === 4 ? 'rejected' : i < 7 ? 'duplicate' : 'applied')));
  assert.deepEqual(names(), changes.map((c) => c.change_id));
  assert.equal(count('orders', `diner_id = '${diner.id}'`), 19);
});

test('PostgreSQL restarted under batches: each change once', async () => {
  await until('workers', () => workers().length >= POOL_MIN + LOGIN);
  const devices = makeDevices(50);
  const codes = {};
  let done = 0;
  const sending = Promise.all(devices.map(async (device) => {
    device.answers = new Map();
    for (let at = 0; at < device.changes.length; at += 10) {
      const piece = device.changes.slice(at, at + 10);
      const answer = await untilAnswered(() => post(stack, '/api/sync', { token: device.guest.token, body: { client_id: device.client_id, changes: piece } }));
      for (const r of answer.json.results) device.answers.set(r.change_id, r);
      for (const [code, n] of Object.entries(answer.codes)) codes[code] = (codes[code] ?? 0) + n;
      done++;
    }
  }));
  for (const mode of ['immediate', 'fast']) {
    const goal = done + 5;
    await until('some are in', () => done >= Math.min(goal, 5 * DEVICES));
    await stack.cluster('stop', mode);
    await sleep(300);
    await stack.cluster('start');
  }
  await sending;
  console.error(`# refused on the way: ${JSON.stringify(codes)}`);
  assert.ok(Object.keys(codes).length > 0, 'the restarts were noticed');
  expectOnce(devices);
});

/** Sends a batch and hangs up `ms` after it was sent, or gets its answer. */
function sendAndHangUp(token, body, ms) {
  return new Promise((done) => {
    const text = JSON.stringify(body);
    const request = https.request(`${stack.url}/api/sync`, { method: 'POST', rejectUnauthorized: false, agent: false,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) } },
    (response) => { response.resume().on('end', () => done(true)).on('error', () => done(false)); });
    request.on('error', () => done(false));
    request.end(text, () => setTimeout(() => request.destroy(), ms));
  });
}

test('a client hangs up in the middle and sends it all again: each change once', async () => {
  const devices = makeDevices(60);
  let cut = 0;
  await Promise.all(devices.map(async (device) => {
    const body = { client_id: device.client_id, changes: device.changes };
    for (let i = 0; i < HANG_UPS; i++) if (!(await sendAndHangUp(device.guest.token, body, 15 + Math.random() * 150))) cut++;
    device.answers = new Map((await untilAnswered(() => post(stack, '/api/sync', { token: device.guest.token, body }))).json.results.map((r) => [r.change_id, r]));
  }));
  console.error(`# ${cut} of ${HANG_UPS * devices.length} cut`);
  assert.ok(cut > devices.length);
  assert.ok(devices.some((d) => [...d.answers.values()].some((r) => r.status === 'duplicate')), 'something of them was done');
  expectOnce(devices);
});

test('half a body does nothing', async () => {
  const [{ token, diner }] = guests;
  const text = JSON.stringify({ client_id: 'half', changes: backlog(5) });
  await new Promise((done) => {
    const request = https.request(`${stack.url}/api/sync`, { method: 'POST', rejectUnauthorized: false, agent: false,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) } });
    request.on('error', () => done());
    request.write(text.slice(0, text.length / 2), () => setTimeout(() => request.destroy(), 200));
  });
  await sleep(300);
  assert.equal(count('sync_queue', `client_id = 'half'`), 0);
  assert.equal(count('orders', `diner_id = '${diner.id}'`), 0);
});

test('a database that waits: 503 for the whole, the rest next time, nothing twice', async () => {
  const [{ token, diner }] = guests;
  const changes = Array.from({ length: 5 }, (_, i) => ({ change_id: `busy ${i}`, type: 'order.create', payload: orderOf(lineOf(items[0])) }));
  const send = () => post(stack, '/api/sync', { token, body: { client_id: 'busy', changes } });
  const held = await hold(stack, `SELECT pg_advisory_xact_lock(hashtextextended('offline ${stack.restaurant().id} diner:${diner.id} busy busy 2', 0))`);
  const answer = await send();
  assert.equal(answer.status, 503, answer.text);
  assert.equal(answer.json.code, 'busy');
  assert.ok(Number(answer.headers.get('retry-after')) >= 1);
  assert.equal(count('orders', `diner_id = '${diner.id}'`), 2);
  await held.end();
  assert.deepEqual(expectStatus(await send(), 200).json.results.map((r) => r.status), ['duplicate', 'duplicate', 'applied', 'applied', 'applied']);
  assert.equal(count('orders', `diner_id = '${diner.id}'`), 5);
});

test('polling while workers are killed and the database restarts ends with the true state', async () => {
  await until('workers', () => workers().length >= POOL_MIN + LOGIN);
  const devices = makeDevices(30);
  const known = new Map();
  let running = true, cursor, stale = 0;
  const poll = async () => {
    const { status, json } = await get(stack, `/api/sync${cursor ? `?since=${cursor}` : ''}`, { token: tokens.manager }).catch(() => ({ status: 0 }));
    if (status === 410) [cursor, stale] = [undefined, stale + 1];
    if (status !== 200) return false;
    if (json.is_snapshot) known.clear();
    for (const o of json.orders) if (!(known.get(o.id)?.version >= o.version)) known.set(o.id, o);
    cursor = json.next_cursor;
    return true;
  };
  await until('the first', poll);
  const poller = (async () => {
    while (running) {
      await poll();
      await sleep(50);
    }
  })();
  const sending = Promise.all(devices.map((d) => deliver(d, [5])));
  for (let i = 0; i < 12; i++) {
    await sleep(100);
    const pids = workers();
    if (pids.length > 2) kill(pids[i % pids.length]);
    if (i === 6) {
      await stack.cluster('stop', 'immediate');
      await stack.cluster('start');
    }
  }
  await sending;
  running = false;
  await poller;
  await until('the last', poll);
  assert.equal(stale, 0, 'a crash makes no cursor stale');
  const versions = (rows) => rows.map(([id, status, version]) => [id, status, Number(version)]).sort();
  const mine = `diner_id IN (${devices.map((d) => `'${d.guest.diner.id}'`).join()})`;
  assert.deepEqual(versions([...known.values()].filter((o) => devices.some((d) => d.guest.diner.id === o.diner_id)).map((o) => [o.id, o.status, o.version])),
    versions(stack.sql(`SELECT id, status, version FROM orders WHERE ${mine}`)));
  expectOnce(devices);
});

test('a change that was rolled back for others\' sake again and again is taken once the whole batch is tried again', async () => {
  const order = { id: randomUUID(), ...orderOf(lineOf(items[0])) };
  const token = guests[0].token;
  // As a deadlock would: five tries of the change, of a batch that is tried five times. A sequence is not rolled back.
  stack.sql(`CREATE SEQUENCE refused; GRANT USAGE ON refused TO orderzap_app;
    CREATE FUNCTION refuse_at_first() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF nextval('refused') <= 6 THEN RAISE 'not yet' USING ERRCODE = '40001'; END IF; RETURN NEW; END $$;
    CREATE TRIGGER refuse_at_first BEFORE UPDATE OF status ON orders FOR EACH ROW EXECUTE FUNCTION refuse_at_first()`);
  try {
    const changes = [{ change_id: 'a', type: 'order.create', payload: order },
      { change_id: 'b', type: 'order.status', payload: { order_id: order.id, status: 'cancelled' } }];
    const answer = expectStatus(await post(stack, '/api/sync', { token, body: { client_id: 'again', changes } }), 200);
    assert.deepEqual(answer.json.results.map((r) => r.status), ['duplicate', 'applied'], answer.text);
    assert.equal(stack.sqlValue(`SELECT status FROM orders WHERE id = '${order.id}'`), 'cancelled');
  } finally {
    stack.sql('DROP TRIGGER refuse_at_first ON orders; DROP FUNCTION refuse_at_first; DROP SEQUENCE refused');
  }
});
