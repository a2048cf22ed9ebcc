// kill -9 of workers, again and again, and of the master: no order is lost, none
// is doubled, what died is replaced.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { expectStatus, get, joinSession, leastChoices, lineOf, newKey, openSession, orderOf, post, readMenu } from '../api/lib/client.mjs';
import { isGone, workersOf } from '../api/lib/processes.mjs';
import { setEnv } from '../api/lib/settings.mjs';
import { buildDir, startStack } from '../api/lib/stack.mjs';
import { patience, until } from '../api/lib/until.mjs';

const POOL_MIN = 4;
const LOGIN = 2;
const ORDERS = 200;
const CLIENTS = 16;

let stack;
let items;
const guests = [];
before(async () => {
  stack = await startStack({ settings: { DATABASE_POOL_MIN: POOL_MIN, DATABASE_POOL_MAX: 8, LOGIN_WORKERS: LOGIN } });
  ({ items } = await readMenu(stack));
  items = items.filter((i) => i.is_available);
  for (let table = 0; table < 4; table++) {
    const opened = await openSession(stack, table);
    guests.push(opened, await joinSession(stack, opened.code, opened.pin));
  }
});
after(() => stack?.stop());

const pidFile = () => join(stack.dir, 'run/orderzapd.pid');
const masterPid = () => Number(readFileSync(pidFile(), 'utf8'));

const workers = () => workersOf(masterPid());

function kill9(pid) {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false; // it was faster
  }
}

const deaths = (pool) => stack.log().filter((l) => l.msg === 'a worker died' && (!pool || l.pool === pool));

/** Sends it until it is answered for good; counts the tries. */
async function untilAnswered(send) {
  const deadline = Date.now() + 90000 * patience;
  for (let tries = 1; Date.now() < deadline; tries++) {
    let answer;
    try {
      answer = await send();
    } catch (error) {
      answer = { status: 0, text: String(error.cause ?? error) };
    }
    const again = answer.status === 0 || answer.status >= 500 || answer.json?.code === 'idempotency_in_progress';
    if (!again) return { ...answer, tries };
    // What was not answered was at least refused in the promised form.
    if (answer.status !== 0) {
      assert.ok([503, 504, 409].includes(answer.status), answer.text);
      assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
      assert.ok(Number(answer.headers.get('retry-after')) >= 1, 'Retry-After');
    }
    await sleep(50 + Math.random() * 100);
  }
  throw new Error('never answered');
}

test('a killed worker is replaced, and the log says so', async () => {
  await until('the pools are full', () => workers().length >= POOL_MIN + LOGIN);
  const victim = workers()[1];
  const others = workers().filter((pid) => pid !== victim);
  assert.ok(kill9(victim));
  await until('the count is back', () => !workers().includes(victim) && workers().length >= POOL_MIN + LOGIN, 3000);
  assert.ok(others.every((pid) => workers().includes(pid)), 'the others went on');
  const line = deaths().find((l) => l.worker === victim);
  assert.equal(line.level, 'error');
  assert.equal(line.signal, 9);
  assert.equal(line.pid, masterPid());
  expectStatus(await get(stack, '/health'), 200);
});

test(`${ORDERS} orders while workers are killed: each once and whole, numbered without gaps`, async () => {
  await sleep(5000); // what dies later than that was no failure to start
  const wanted = Array.from({ length: ORDERS }, (_, i) => {
    const guest = guests[i % guests.length];
    const lines = Array.from({ length: 1 + (i % 3) }, (_, k) => lineOf(items[(i + k) % items.length], 1 + (i % 4)));
    return { key: newKey(), guest, lines, choices: lines.reduce((n, l) => n + l.customizations.length, 0) };
  });
  assert.ok(items.some((i) => leastChoices(i).length > 0), 'some orders have customizations');
  const before = deaths().length;
  let running = true;
  const killed = new Set(); // one may be listed still after its kill
  const killer = (async () => {
    while (running) {
      await sleep(60 + Math.random() * 150);
      const pids = workers().filter((pid) => !killed.has(pid));
      // Two are spared, so that an order gets through between the backoffs.
      const victim = pids[Math.floor(Math.random() * pids.length)];
      if (running && pids.length > 2 && kill9(victim)) killed.add(victim);
    }
  })();
  const queue = [...wanted];
  let tries = 0;
  await Promise.all(Array.from({ length: CLIENTS }, async () => {
    for (let order; (order = queue.shift());) {
      const answer = await untilAnswered(() => post(stack, '/api/orders',
        { token: order.guest.token, key: order.key, body: orderOf(...order.lines) }));
      order.answer = expectStatus(answer, 201).json;
      tries += answer.tries;
      await sleep(100);
    }
  }));
  running = false;
  await killer;
  assert.ok(killed.size >= 5, `only ${killed.size} killed`);
  await until('all deaths told', () => deaths().length >= before + killed.size, 5000);
  console.error(`# ${killed.size} workers killed, ${tries} requests for ${ORDERS} orders`);

  const one = (what, of) => stack.sqlValue(`SELECT ${what} FROM ${of}`);
  assert.equal(one('count(*)', 'orders'), String(ORDERS));
  assert.equal(new Set(wanted.map((o) => o.answer.id)).size, ORDERS);
  assert.deepEqual(stack.sql('SELECT order_number FROM orders ORDER BY business_date, order_number').flat().map(Number),
    Array.from({ length: ORDERS }, (_, i) => i + 1));
  const rows = new Map(stack.sql(`
    SELECT o.id, o.order_number, o.total_amount, o.diner_id,
           (SELECT count(*) FROM order_items i WHERE i.order_id = o.id),
           (SELECT count(*) FROM order_items i JOIN order_item_customizations c ON c.order_item_id = i.id WHERE i.order_id = o.id),
           (SELECT sum(i.subtotal) FROM order_items i WHERE i.order_id = o.id) = o.subtotal,
           (SELECT count(*) FROM order_status_history h WHERE h.order_id = o.id AND h.to_status = 'pending'),
           (SELECT count(*) FROM sync_logs s WHERE s.entity_type = 'order' AND s.entity_id = o.id),
           (SELECT count(*) FROM session_activity_log a WHERE a.action = 'order_placed' AND a.details ->> 'order_id' = o.id::text),
           (SELECT string_agg(k.key, ',') FROM idempotency_keys k WHERE k.location = '/api/orders/' || o.id)
    FROM orders o`).map(([id, ...row]) => [id, row]));
  for (const { key, guest, lines, choices, answer } of wanted)
    assert.deepEqual(rows.get(answer.id), [String(answer.order_number), String(answer.total_amount), guest.diner.id,
      String(lines.length), String(choices), 't', '1', '1', '1', key]);
  for (const table of ['order_items', 'order_status_history'])
    assert.equal(one(`count(*)`, `${table} t WHERE NOT EXISTS (SELECT FROM orders o WHERE o.id = t.order_id)`), '0');
  assert.equal(one('count(*)', "session_activity_log WHERE action = 'order_placed'"), String(ORDERS));
  assert.equal(one('count(*)', "sync_logs WHERE entity_type = 'order'"), String(ORDERS));
});

test('after that the pools are full again', async () => {
  await until('the count is back', () => workers().length >= POOL_MIN + LOGIN, 20000);
  for (let i = 0; i < 20; i++) expectStatus(await get(stack, '/health'), 200);
});

test('workers that die at their start: a backoff, a word in the log, and a recovery', async () => {
  setEnv(stack.envFile, { DATABASE_POOL_MIN: 1, DATABASE_POOL_MAX: 1, LOGIN_WORKERS: 1 });
  const old = workers();
  process.kill(masterPid(), 'SIGHUP');
  await until('the small pools', () => workers().length === 2 && workers().every((pid) => !old.includes(pid)));
  const before = deaths('workers').length;
  const killed = new Set();
  await until('seven deaths', () => {
    for (const pid of workers())
      if (!killed.has(pid) && kill9(pid)) killed.add(pid);
    return deaths('workers').length >= before + 7;
  }, 30000);
  const ours = deaths('workers').slice(before, before + 7);
  const gaps = ours.slice(1).map((line, i) => Date.parse(line.time) - Date.parse(ours[i].time));
  // 0.1 s doubled with each: the sixth gap is 3.2 s.
  for (const [i, gap] of gaps.entries()) assert.ok(gap >= 80 * 2 ** i, `gaps ${gaps}`);
  assert.ok(killed.size <= 20, `${killed.size} started in a loop that should wait`);
  const told = stack.log().filter((l) => /crash loop/.test(l.msg) && l.pool === 'workers');
  assert.ok(told.length >= 2);
  assert.equal(told[0].level, 'error');
  assert.ok(told.every((l) => l.in_a_row >= 5));
  assert.match(told[0].msg, /orderzapctl doctor/);

  await until('both pools', () => workers().length === 2, 15000);
  const answer = await untilAnswered(() => post(stack, '/api/orders',
    { token: guests[0].token, key: newKey(), body: orderOf(lineOf(items[0])) }));
  assert.equal(expectStatus(answer, 201).json.order_number, ORDERS + 1);
});

/** Kills the master; what it forked must go with it. */
async function killMaster() {
  const master = masterPid();
  const children = workers();
  assert.ok(children.length >= 2);
  assert.ok(kill9(master));
  await until('no process is left', () => [master, ...children].every(isGone), 5000);
}

test('kill -9 of the master leaves no process, and the demo starts on the same data', async () => {
  const count = stack.sqlValue('SELECT count(*) FROM orders');
  const master = masterPid();
  await killMaster();
  await until('its parent has seen it go', () => !existsSync(`/proc/${master}`));
  await stack.start();
  assert.notEqual(masterPid(), master);
  assert.ok(!isGone(masterPid()));
  assert.equal(stack.sqlValue('SELECT count(*) FROM orders'), count);
  const placed = expectStatus(await untilAnswered(() => post(stack, '/api/orders',
    { token: guests[0].token, key: newKey(), body: orderOf(lineOf(items[0])) })), 201).json;
  assert.equal(placed.order_number, ORDERS + 2);
});

/** orderzapd alone, as a supervisor would start it. */
function orderzapd(...args) {
  return new Promise((done) => {
    execFile(join(buildDir, 'orderzapd'), ['--config', stack.envFile, ...args], { timeout: 20000 },
      (error, stdout, stderr) => done({ status: error ? error.code : 0, stdout, stderr }));
  });
}

test('kill -9 of the master under load, three times: the supervisor starts it again, nothing is lost', async () => {
  if (isGone(masterPid())) assert.equal((await orderzapd()).status, 0);
  const before = Number(stack.sqlValue('SELECT count(*) FROM orders'));
  let running = true;
  const keys = [];
  const clients = Array.from({ length: 8 }, async (_, i) => {
    while (running) {
      const key = newKey();
      expectStatus(await untilAnswered(() => post(stack, '/api/orders',
        { token: guests[i].token, key, body: orderOf(lineOf(items[i])) })), 201);
      keys.push(key);
    }
  });
  try {
    for (let i = 0; i < 3; i++) {
      await sleep(400);
      // The first time at once: a new master waits for what is left of the old one.
      if (i === 0) {
        const master = masterPid();
        assert.ok(kill9(master));
        await until('it is dead', () => isGone(master));
      } else {
        await killMaster();
      }
      const started = await orderzapd();
      assert.equal(started.status, 0, started.stderr);
      await until('it serves', async () => (await get(stack, '/health').catch(() => ({}))).status === 200);
    }
  } finally {
    running = false;
    await Promise.allSettled(clients);
  }
  await Promise.all(clients);
  assert.ok(keys.length > 0);
  assert.equal(Number(stack.sqlValue('SELECT count(*) FROM orders')), before + keys.length);
  assert.equal(stack.sqlValue('SELECT max(order_number) FROM orders'), String(before + keys.length));
});

test('a second orderzapd with the same RUN_DIR is refused and leaves the first alone', async () => {
  const master = masterPid();
  const refused = await orderzapd('--foreground');
  assert.equal(refused.status, 69);
  assert.match(refused.stderr, /orderzapd\.pid is held by a running orderzapd: stop it first/);
  assert.equal((await orderzapd()).status, 69, 'in the background too');
  assert.equal(masterPid(), master);
  assert.ok(existsSync(join(stack.dir, 'run/workers.sock')) && existsSync(join(stack.dir, 'run/login.sock')));
  expectStatus(await get(stack, '/health'), 200);
});
