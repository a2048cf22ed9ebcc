// The database down, frozen, locked or full: quick and clean refusals,
// cached menus meanwhile, and work again as soon as it is back.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, expectStatus, get, joinSession, lineOf, newKey, openSession, orderOf, post, readMenu, tokenOf } from '../api/lib/client.mjs';
import { setEnv } from '../api/lib/settings.mjs';
import { startStack } from '../api/lib/stack.mjs';
import { patience, until } from '../api/lib/until.mjs';

const PARALLEL = 30;
const QUICK_MS = 4000 * patience; // well below DATABASE_TIMEOUT_MS, also on a busy machine
const DATABASE_TIMEOUT_MS = '5000';

let stack;
let items;
let asha;
let bela;
let waiter;
before(async () => {
  process.env.ORDERZAP_CLUSTER_OPTIONS = 'fsync = off\nmax_connections = 24';
  stack = await startStack({ settings: { DATABASE_TIMEOUT_MS } });
  ({ items } = await readMenu(stack));
  items = items.filter((i) => i.is_available);
  asha = await openSession(stack, 0);
  bela = await joinSession(stack, asha.code, asha.pin);
  waiter = await tokenOf(stack, 'waiter');
});
after(() => stack?.stop());

const menuPath = '/api/r/spice-garden/menu';
const masterPid = () => Number(readFileSync(join(stack.dir, 'run/orderzapd.pid'), 'utf8'));

function childrenOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

const workers = () => childrenOf(masterPid());
const order = (key = newKey(), token = asha.token) =>
  post(stack, '/api/orders', { token, key, body: orderOf(lineOf(items[0])) });

async function timed(send) {
  const start = Date.now();
  const answer = await send();
  return { ...answer, ms: Date.now() - start };
}

function isUnavailable(answer, codes = ['database_unavailable']) {
  assert.equal(answer.status, 503, answer.text);
  assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
  assert.ok(codes.includes(answer.json.code), answer.text);
  assert.ok(Number(answer.headers.get('retry-after')) >= 1, 'Retry-After');
  assert.equal(answer.json.request_id, answer.headers.get('x-request-id'));
}

/** An order; repeated if its worker was let in too slowly, which takes a second. A connection that is gone is no excuse. */
async function orderOnceConnected() {
  const key = newKey();
  for (let tries = 0; ; tries++) {
    const answer = await timed(() => order(key));
    if (answer.json?.code !== 'database_unavailable' || answer.ms < 1000 || tries === 3 * patience) return answer;
    await sleep(1500); // it pauses
  }
}

const doors = () => [
  ['the orders', () => get(stack, '/api/orders', { token: asha.token })],
  ['an order', () => order()],
  ['the tables', () => get(stack, '/api/tables', { token: waiter })],
  ['the session', () => get(stack, '/api/sessions/current', { token: bela.token })],
  ['a scanned code', () => get(stack, `/api/r/spice-garden/tables/${asha.code}`)],
  ['joining', () => post(stack, '/api/r/spice-garden/sessions/join', { body: { code: asha.code, pin: asha.pin, display_name: 'Chandra' } })],
  ['signing in', () => post(stack, '/api/auth/login',
    { body: { restaurant: 'spice-garden', email: 'waiter@spice-garden.example', password: 'orderzap-demo' } })],
  ['a menu nobody has read', () => get(stack, '/api/r/caffe-lungarno/menu', { headers: { 'Accept-Encoding': 'gzip' } })],
];

for (const mode of ['fast', 'immediate']) {
  test(`PostgreSQL stopped (${mode}): quick refusals, menus from the cache, work again at once`, async () => {
    for (const encoding of ['gzip', 'identity'])
      expectStatus(await get(stack, menuPath, { headers: { 'Accept-Encoding': encoding } }), 200);
    const warm = Date.now();
    const pids = workers();
    const count = Number(stack.sqlValue('SELECT count(*) FROM orders'));
    await stack.cluster('stop', mode);
    try {
      for (let i = 0; i < 3; i++) {
        const health = await timed(() => get(stack, '/health'));
        assert.equal(health.status, 503);
        assert.equal(health.json.status, 'degraded');
        assert.notEqual(health.json.database, 'ok');
        assert.ok(Number(health.headers.get('retry-after')) >= 1);
        assert.ok(health.ms < QUICK_MS, `${health.ms} ms`);
      }
      for (const [what, send] of doors()) {
        const answer = await timed(send);
        isUnavailable(answer);
        assert.ok(answer.ms < QUICK_MS, `${what}: ${answer.ms} ms`);
      }
      const many = await Promise.all(Array.from({ length: PARALLEL }, (_, i) =>
        timed(() => (i % 2 ? order() : get(stack, '/api/orders', { token: asha.token })))));
      for (const answer of many) {
        isUnavailable(answer);
        assert.ok(answer.ms < QUICK_MS + 1000, `${answer.ms} ms`);
      }
      // A bad token is still a bad token.
      assert.equal((await get(stack, '/api/orders', { token: 'nonsense' })).status, 401);
      for (const wait of [0, Math.max(0, 2500 - (Date.now() - warm))]) {
        await sleep(wait);
        for (const encoding of ['gzip', 'identity']) {
          const menu = await timed(() => get(stack, menuPath, { headers: { 'Accept-Encoding': encoding } }));
          expectStatus(menu, 200);
          assert.ok(menu.json.categories.length > 0);
          assert.ok(menu.ms < QUICK_MS, `${menu.ms} ms`);
        }
      }
    } finally {
      await stack.cluster('start');
    }
    expectStatus(await orderOnceConnected(), 201);
    await allConnected();
    for (const answer of await Promise.all(Array.from({ length: PARALLEL }, () => get(stack, '/api/orders', { token: asha.token }))))
      expectStatus(answer, 200);
    expectStatus(await get(stack, '/health'), 200);
    expectStatus(await get(stack, '/api/r/caffe-lungarno/menu'), 200);
    await tokenOf(stack, 'cashier');
    assert.equal(Number(stack.sqlValue('SELECT count(*) FROM orders')), count + 1);
    const now = workers();
    assert.deepEqual(pids.filter((pid) => !now.includes(pid)), [], 'workers went');
  });
}

test('a restart between two requests goes unnoticed', async () => {
  const pids = workers();
  for (const mode of ['fast', 'immediate']) {
    await stack.cluster('stop', mode);
    await stack.cluster('start');
    for (const answer of await Promise.all(Array.from({ length: 8 }, orderOnceConnected))) expectStatus(answer, 201);
    await tokenOf(stack, 'waiter');
  }
  assert.deepEqual(pids.filter((pid) => !workers().includes(pid)), []);
});

test('PostgreSQL restarted twice under 100 orders with keys: exactly 100', async () => {
  const before = Number(stack.sqlValue('SELECT count(*) FROM orders'));
  const queue = Array.from({ length: 100 }, () => newKey());
  const keys = [...queue];
  const codes = {};
  let done = 0, allowed = 50; // the others meet a database that is down
  const clients = Array.from({ length: 8 }, async (_, i) => {
    for (let key; queue.length > 0;) {
      if (keys.length - queue.length >= allowed) {
        await sleep(20);
        continue;
      }
      key = queue.shift();
      for (let tries = 0; ; tries++) {
        const answer = await order(key, (i % 2 ? asha : bela).token);
        if (answer.status === 201) break;
        codes[answer.json?.code] = (codes[answer.json?.code] ?? 0) + 1;
        assert.ok(['database_unavailable', 'outcome_unknown', 'busy', 'idempotency_in_progress'].includes(answer.json?.code),
          answer.text);
        assert.ok(Number(answer.headers.get('retry-after')) >= 1);
        assert.ok(tries < 300, 'never answered');
        await sleep(50 + Math.random() * 100);
      }
      done++;
      await sleep(20);
    }
  });
  for (const mode of ['immediate', 'fast']) {
    const goal = done + 15;
    await until('some orders are in', () => done >= Math.min(goal, 100));
    await stack.cluster('stop', mode);
    allowed = 100;
    await sleep(300);
    await stack.cluster('start');
  }
  await Promise.all(clients);
  console.error(`# refused on the way: ${JSON.stringify(codes)}`);
  assert.ok(codes.database_unavailable > 0, 'the restart was noticed');
  assert.equal(Number(stack.sqlValue('SELECT count(*) FROM orders')), before + 100);
  assert.equal(stack.sqlValue(`SELECT count(DISTINCT k.location) FROM idempotency_keys k JOIN orders o
    ON k.location = '/api/orders/' || o.id WHERE k.key IN ('${keys.join("','")}')`), '100');
  assert.equal(stack.sqlValue('SELECT max(order_number) FROM orders'), String(before + 100));
  assert.equal(stack.sqlValue(`SELECT count(*) FROM orders o WHERE NOT EXISTS (SELECT FROM order_items i WHERE i.order_id = o.id)
    OR (SELECT count(*) FROM order_status_history h WHERE h.order_id = o.id) <> 1
    OR (SELECT count(*) FROM sync_logs s WHERE s.entity_id = o.id) <> 1`), '0');
});

/** Every process of the cluster stops in its tracks; returns how to let them go on. */
function freeze() {
  const postmaster = Number(readFileSync(join(stack.dir, 'postgresql/data/postmaster.pid'), 'utf8').split('\n')[0]);
  const pids = [postmaster];
  process.kill(postmaster, 'SIGSTOP');
  for (const pid of childrenOf(postmaster)) {
    process.kill(pid, 'SIGSTOP');
    pids.push(pid);
  }
  return () => {
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGCONT');
      } catch { /* gone meanwhile */ }
    }
  };
}

async function setTimeoutMs(ms) {
  setEnv(stack.envFile, { DATABASE_TIMEOUT_MS: ms });
  const old = workers();
  process.kill(masterPid(), 'SIGHUP');
  await until('new workers', () => workers().length >= 6 && workers().every((pid) => !old.includes(pid)));
  await allConnected();
}

async function frozen(limitMs) {
  const pids = workers();
  const count = Number(stack.sqlValue('SELECT count(*) FROM orders'));
  expectStatus(await get(stack, menuPath), 200);
  const keys = Array.from({ length: 6 }, () => newKey());
  const resume = freeze();
  let answers;
  try {
    answers = await Promise.all([
      ...keys.map((key) => timed(() => order(key))),
      ...Array.from({ length: 6 }, () => timed(() => get(stack, '/api/orders', { token: asha.token }))),
      timed(() => get(stack, '/health')),
      timed(() => post(stack, '/api/auth/login',
        { body: { restaurant: 'spice-garden', email: 'waiter@spice-garden.example', password: 'orderzap-demo' } })),
    ]);
    const [health] = answers.splice(12, 1);
    assert.equal(health.status, 503, health.text);
    assert.equal(health.json.status, 'degraded');
    for (const answer of [...answers, health]) assert.ok(answer.ms < limitMs * patience, `${answer.ms} ms: ${answer.text}`);
    for (const answer of answers) {
      assert.ok([503, 504].includes(answer.status), answer.text);
      assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
      assert.ok(Number(answer.headers.get('retry-after')) >= 1);
    }
    const menu = await timed(() => get(stack, menuPath));
    expectStatus(menu, 200);
    assert.ok(menu.ms < limitMs * patience, `the menu took ${menu.ms} ms`);
  } finally {
    resume();
  }
  await until('it serves again', async () => (await get(stack, '/health')).status === 200);
  for (const key of keys) {
    const answer = await until('the order is answered', async () => {
      const tried = await order(key);
      return tried.status === 201 ? tried : null;
    });
    expectStatus(answer, 201);
  }
  assert.equal(Number(stack.sqlValue('SELECT count(*) FROM orders')), count + keys.length, 'each once');
  assert.deepEqual(pids.filter((pid) => !workers().includes(pid)), [], 'workers went');
}

test('PostgreSQL frozen: refused within 8 s, never a hang; it goes on when PostgreSQL does', () => frozen(8000));

test('PostgreSQL frozen with DATABASE_TIMEOUT_MS=1000: refused within 4 s', async () => {
  await setTimeoutMs(1000);
  await frozen(4000);
  await setTimeoutMs(DATABASE_TIMEOUT_MS);
});

/** A psql that runs the statements and then keeps its transaction open. */
async function hold(sql) {
  const psql = spawn('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', stack.database_url], { stdio: ['pipe', 'pipe', 'inherit'] });
  let out = '';
  psql.stdout.setEncoding('utf8').on('data', (part) => { out += part; });
  psql.stdin.write(`BEGIN;\n${sql};\nSELECT 'held';\n`);
  await until('the lock', () => out.includes('held'));
  return async (end = 'ROLLBACK') => {
    psql.stdin.end(`${end};\n`);
    await new Promise((done) => psql.once('exit', done));
  };
}

/** After an outage each worker connects with its next request, some only after a while. */
async function allConnected() {
  let rounds = 0;
  await until('nobody is refused any more', async () => {
    const answers = await Promise.all(Array.from({ length: 24 }, () => get(stack, '/health')));
    rounds = answers.every((a) => a.status === 200) ? rounds + 1 : 0;
    return rounds === 3;
  });
}

const everything = () => stack.sqlValue(`SELECT concat_ws(' ', ${[
  'orders', 'order_items', 'order_item_customizations', 'order_status_history', 'session_activity_log', 'idempotency_keys',
].map((t) => `(SELECT count(*) FROM ${t})`).join(', ')}, (SELECT count(*) FROM sync_logs WHERE entity_type = 'order'),
  (SELECT sum(last_number) FROM order_counters))`);

for (const [what, sql] of [
  ["the restaurant's counter", "SELECT 1 FROM order_counters FOR UPDATE"],
  ["the guest's session", "SELECT 1 FROM sessions FOR UPDATE"],
]) {
  test(`a lock on ${what} for too long: 503 busy, nothing half done`, async () => {
    await allConnected();
    const before = everything();
    const key = newKey();
    const release = await hold(sql);
    let answers;
    try {
      answers = await Promise.all([timed(() => order(key)), timed(() => order())]);
      for (const answer of answers) {
        isUnavailable(answer, ['busy']);
        assert.ok(answer.ms < 2 * Number(DATABASE_TIMEOUT_MS) * patience, `${answer.ms} ms`);
      }
      expectStatus(await get(stack, '/api/orders', { token: asha.token }), 200);
    } finally {
      await release();
    }
    assert.equal(everything(), before);
    const last = Number(stack.sqlValue("SELECT max(last_number) FROM order_counters WHERE restaurant_id = '" + stack.restaurant().id + "'"));
    assert.equal(expectStatus(await order(key), 201).json.order_number, last + 1);
  });
}

test('no connection left in PostgreSQL: quick refusals at the worst, and work again', async () => {
  const app = stack.database_url.replace('postgres@', 'orderzap_app@');
  const hogs = [];
  let full = false;
  try {
    for (let i = 0; i < 30; i++) {
      const psql = spawn('psql', ['-XAtq', '-d', app], { stdio: ['pipe', 'pipe', 'pipe'] });
      psql.stdin.on('error', () => {});
      psql.stderr.setEncoding('utf8').on('data', (text) => { full ||= /too many clients|remaining connection slots/.test(text); });
      psql.stdin.write('SELECT 1;\n');
      hogs.push(psql);
    }
    await until('PostgreSQL is full', () => full);
    const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => timed(() => {
      if (i % 3 === 0) return order();
      return get(stack, i % 3 === 1 ? '/api/orders' : '/api/sessions/current', { token: asha.token });
    })));
    for (const answer of answers) {
      if (answer.status !== 200 && answer.status !== 201) isUnavailable(answer);
      assert.ok(answer.ms < 8000 * patience, `${answer.ms} ms`);
    }
    assert.ok(answers.some((a) => a.status < 300), 'those with a connection go on');
    // New workers find no connection, and say so rather than die.
    const old = workers();
    process.kill(masterPid(), 'SIGHUP');
    await until('new workers', () => workers().every((pid) => !old.includes(pid)));
    for (let i = 0; i < 10; i++) {
      const answer = await timed(() => call(stack, 'GET', '/api/orders', { token: asha.token }));
      if (answer.status !== 200) isUnavailable(answer);
      assert.ok(answer.ms < QUICK_MS + 1000, `${answer.ms} ms`);
    }
  } finally {
    await Promise.all(hogs.map((psql) => new Promise((done) => {
      if (psql.exitCode !== null) done();
      psql.once('exit', done);
      psql.kill();
    })));
  }
  await allConnected();
  for (const answer of await Promise.all(Array.from({ length: 12 }, () => order()))) expectStatus(answer, 201);
  assert.deepEqual(stack.log().filter((l) => l.msg === 'a worker died'), [], 'no worker died in any of this');
});
