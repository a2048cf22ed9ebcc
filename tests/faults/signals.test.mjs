// Signals, under load: HUP changes settings without a failed request, TERM
// finishes what runs, USR1 reopens the log. And what the log may contain.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, readdirSync, readFileSync, readlinkSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { expectStatus, get, joinSession, lineOf, newKey, openSession, orderOf, post, readMenu, signIn } from '../api/lib/client.mjs';
import { waiting } from '../api/lib/hold.mjs';
import { isGone, relayOf, workersOf } from '../api/lib/processes.mjs';
import { setEnv } from '../api/lib/settings.mjs';
import { buildDir, startStack } from '../api/lib/stack.mjs';
import { patience, until } from '../api/lib/until.mjs';

let stack;
let items;
const guests = [];
before(async () => {
  stack = await startStack();
  ({ items } = await readMenu(stack));
  items = items.filter((i) => i.is_available);
  for (let table = 0; table < 4; table++) {
    const opened = await openSession(stack, table);
    guests.push(opened, await joinSession(stack, opened.code, opened.pin));
  }
});
after(() => stack?.stop());

const pidPath = () => join(stack.dir, 'run/orderzapd.pid');
const masterPid = () => Number(readFileSync(pidPath(), 'utf8'));
const count = (of) => Number(stack.sqlValue(`SELECT count(*) FROM ${of}`));

const workers = (master = masterPid()) => workersOf(master);

const logged = (pattern) => stack.log().filter((line) => pattern.test(line.msg));

async function reload(changes) {
  setEnv(stack.envFile, changes);
  const n = logged(/^reloaded/).length;
  const old = workers();
  process.kill(masterPid(), 'SIGHUP');
  await until('the reload', () => logged(/^reloaded/).length > n);
  await until('new workers', () => !workers().some((pid) => old.includes(pid)));
}

/** orderzapd alone, as a supervisor would start it. */
async function startServer() {
  const { status, stderr } = await new Promise((done) => {
    execFile(join(buildDir, 'orderzapd'), ['--config', stack.envFile], { timeout: 20000 },
      (error, stdout, text) => done({ status: error ? error.code : 0, stderr: text }));
  });
  assert.equal(status, 0, stderr);
  await until('it serves', async () => (await get(stack, '/health')).status === 200);
}

/** Clients that order, with pauses, until `running.now` is false; every answer is kept. */
function load(n, running) {
  const answers = [];
  const clients = Array.from({ length: n }, async (_, i) => {
    while (running.now) {
      const key = newKey();
      const start = Date.now();
      const answer = await post(stack, '/api/orders',
        { token: guests[i % guests.length].token, key, body: orderOf(lineOf(items[i % items.length])) })
        .catch((error) => ({ status: 0, text: String(error.cause ?? error) }));
      answers.push({ ...answer, key, ms: Date.now() - start });
      await sleep(50);
    }
  });
  return { answers, end: () => Promise.all(clients) };
}

function isCleanRefusal(answer) {
  assert.equal(answer.status, 503, answer.text);
  assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
  assert.ok(Number(answer.headers.get('retry-after')) >= 1, 'Retry-After');
  assert.equal(answer.json.status, 503);
  assert.ok(answer.json.code);
}

// Counted once over all: a look at each table for each order takes seconds.
const brokenOrders = `orders o
  LEFT JOIN (SELECT order_id, count(*) AS n FROM order_items GROUP BY 1) i ON i.order_id = o.id
  LEFT JOIN (SELECT order_id, count(*) AS n FROM order_status_history GROUP BY 1) h ON h.order_id = o.id
  LEFT JOIN (SELECT entity_id, count(*) AS n FROM sync_logs WHERE entity_type = 'order' GROUP BY 1) s ON s.entity_id = o.id
  LEFT JOIN (SELECT details ->> 'order_id' AS order_id, count(*) AS n FROM session_activity_log GROUP BY 1) a ON a.order_id = o.id::text
  LEFT JOIN (SELECT location, count(*) AS n FROM idempotency_keys GROUP BY 1) k ON k.location = '/api/orders/' || o.id
  WHERE i.n IS NULL OR h.n IS DISTINCT FROM 1 OR s.n IS DISTINCT FROM 1 OR a.n IS DISTINCT FROM 1 OR k.n IS DISTINCT FROM 1`;

test('SIGHUP five times under load: no request fails, all workers are new, the pools follow', async () => {
  const master = masterPid();
  const old = workers();
  const reloads = () => logged(/^reloaded/).length, seen = reloads();
  const running = { now: true };
  const before = count('orders');
  const { answers, end } = load(8, running);
  try {
    const changes = [
      { LOG_LEVEL: 'debug' }, { DATABASE_POOL_MIN: 6, DATABASE_POOL_MAX: 10 }, { LOG_LEVEL: 'info', LOGIN_WORKERS: 3 },
      { DATABASE_POOL_MIN: 2, DATABASE_POOL_MAX: 12 }, { DATABASE_POOL_MIN: 3, DATABASE_POOL_MAX: 3, LOGIN_WORKERS: 1 },
    ];
    for (const [i, change] of changes.entries()) {
      await sleep(500);
      setEnv(stack.envFile, change);
      process.kill(master, 'SIGHUP');
      await until('it is heard', () => reloads() === seen + i + 1);
    }
    await sleep(500);
  } finally {
    running.now = false;
    await end();
  }
  const failed = answers.filter((a) => a.status !== 201);
  assert.deepEqual(failed.map((a) => `${a.status} ${a.text}`), [], `${failed.length} of ${answers.length} failed`);
  assert.ok(answers.length >= 50, `${answers.length} orders`);
  assert.equal(masterPid(), master);
  await until('3 workers and one for sign-ins, all new', () => workers().length === 4 && !workers().some((pid) => old.includes(pid)));
  assert.equal(reloads(), seen + 5);
  assert.equal(count('orders'), before + answers.length);
  assert.equal(count(brokenOrders), 0);
  expectStatus(await get(stack, '/api/orders', { token: guests[0].token }), 200);
  await reload({ DATABASE_POOL_MIN: 5, DATABASE_POOL_MAX: 8, LOGIN_WORKERS: 2 });
  await until('7 of them', () => workers().length === 7);
});

/** Does something while PostgreSQL accepts no new connections; open ones stay. */
async function withClosedDoor(doing) {
  const postmaster = Number(readFileSync(join(stack.dir, 'postgresql/data/postmaster.pid'), 'utf8').split('\n')[0]);
  process.kill(postmaster, 'SIGSTOP');
  try {
    await doing();
  } finally {
    process.kill(postmaster, 'SIGCONT');
  }
}

test('SIGHUP while PostgreSQL is slow to let anyone in: the old workers serve until the new ones can', async () => {
  // A worker waits for three seconds: where the machine held the door shut for longer, another try.
  let shut = Infinity;
  for (let tries = 0; tries < 5 && shut > 2500; tries++) {
    const old = workers(), running = { now: true }, { answers, end } = load(2, running), start = Date.now();
    await withClosedDoor(async () => {
      process.kill(masterPid(), 'SIGHUP');
      await until('a worker starts up', () => workers().some((pid) => !old.includes(pid)));
      await sleep(1200);
    });
    shut = Date.now() - start;
    await until('new workers', () => !workers().some((pid) => old.includes(pid)));
    running.now = false;
    await end();
    const failed = answers.filter((a) => a.status !== 201);
    if (shut <= 2500) assert.deepEqual(failed.map((a) => `${a.status} ${a.text}`), [], `${failed.length} of ${answers.length} failed`);
  }
  assert.ok(shut <= 2500, `${shut} ms`);
});

for (const [what, change, reason] of [
  ['an unknown setting', { DATABSE_POOL_MIN: 4 }, /DATABSE_POOL_MIN/],
  ['a weak secret', { JWT_SECRET: 'mypassword' }, /JWT_SECRET/],
  ['a number out of range', { DATABASE_POOL_MAX: 100000 }, /DATABASE_POOL_MAX/],
  ['a level that there is not', { LOG_LEVEL: 'loud' }, /LOG_LEVEL/],
]) {
  test(`SIGHUP with ${what}: refused with the reason, the old workers stay`, async () => {
    const old = workers();
    const refusals = logged(/^reload refused/).length;
    const takeBack = setEnv(stack.envFile, change);
    try {
      process.kill(masterPid(), 'SIGHUP');
      await until('the refusal', () => logged(/^reload refused/).length > refusals);
      const line = logged(/^reload refused/).at(-1);
      assert.equal(line.level, 'error');
      assert.match(line.error, reason);
      assert.ok(!line.error.includes('mypassword'), 'the secret is logged');
      await sleep(300);
      assert.deepEqual(workers().sort(), old.sort());
      expectStatus(await get(stack, '/api/orders', { token: guests[0].token }), 200);
    } finally {
      takeBack();
    }
  });
}

test('SIGHUP with a changed setting that needs a restart says so', async () => {
  const takeBack = setEnv(stack.envFile, { RUN_DIR: '/nonexistent' });
  try {
    process.kill(masterPid(), 'SIGHUP');
    const line = await until('the warning', () => logged(/needs a restart/).at(-1));
    assert.equal(line.setting, 'RUN_DIR');
    expectStatus(await get(stack, '/health'), 200);
  } finally {
    takeBack();
    await reload({});
  }
});

test('SIGHUP with a log file that cannot be opened: the reason and what follows are still logged where they were', async () => {
  const takeBack = setEnv(stack.envFile, { LOG_FILE: '/nonexistent/orderzapd.log' });
  try {
    process.kill(masterPid(), 'SIGHUP');
    await until('the reason in the log so far', () => stack.log().some((l) => l.level === 'error' && /log/.test(l.msg) &&
      JSON.stringify(l).includes('/nonexistent/orderzapd.log')), 3000);
    const answer = expectStatus(await get(stack, '/api/orders', { token: guests[0].token }), 200);
    const id = answer.headers.get('x-request-id');
    await until('its line', () => stack.log().some((l) => l.request_id === id), 3000);
  } finally {
    takeBack();
    const old = workers();
    process.kill(masterPid(), 'SIGHUP');
    await until('new workers', () => !workers().some((pid) => old.includes(pid)));
  }
});

/** Renames the log as logrotate does, and makes a new one, as its `create` does: the folder may be another's. */
function rotate() {
  const renamed = `${stack.logFile}.${Date.now()}`;
  const { uid, gid, mode } = statSync(stack.logFile);
  renameSync(stack.logFile, renamed);
  writeFileSync(stack.logFile, '', { mode });
  chmodSync(stack.logFile, mode);
  if (process.getuid() === 0) chownSync(stack.logFile, uid, gid);
  return renamed;
}

/** Whether a process has the file open. */
const holdsOpen = (pid, path) => readdirSync(`/proc/${pid}/fd`).some((fd) => {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`) === path;
  } catch {
    return false; // closed meanwhile
  }
});

test('SIGUSR1 while workers start up: they, too, write to the new file, and the relay does', async () => {
  const old = workers(), master = masterPid();
  let renamed;
  await withClosedDoor(async () => {
    process.kill(master, 'SIGHUP');
    await until('a worker starts up', () => workers().some((pid) => !old.includes(pid)));
    renamed = rotate();
    process.kill(master, 'SIGUSR1');
    await until('the master has the new file', () => !holdsOpen(master, renamed));
  });
  await until('new workers', () => !workers().some((pid) => old.includes(pid)));
  await until('nobody holds the old file', () => ![...workers(), relayOf(master)].some((pid) => holdsOpen(pid, renamed)), 5000);
});

test('SIGUSR1 after a rename: master and workers write to the new file', async () => {
  const renamed = rotate(), master = masterPid();
  const before = workers();
  process.kill(master, 'SIGUSR1');
  const ask = () => Promise.all(Array.from({ length: 40 }, () => get(stack, '/api/orders', { token: guests[0].token })));
  const early = [];
  await until('lines of the workers', async () => {
    const answers = await ask();
    for (const answer of answers) expectStatus(answer, 200);
    early.push(...answers.map((answer) => answer.headers.get('x-request-id')));
    return stack.log().length > 0;
  }, 5000);
  // What was under way at the signal is logged by now, here or there.
  await until('a line for each answer', () => {
    const text = readFileSync(renamed, 'utf8') + readFileSync(stack.logFile, 'utf8');
    return early.every((id) => text.includes(id));
  }, 5000);
  const size = statSync(renamed).size;
  const answers = await ask();
  assert.equal(statSync(renamed).size, size, 'somebody writes to the old file still');
  for (const answer of answers) await stack.accessLine(answer);
  assert.ok(stack.log().some((l) => l.msg === 'access' && before.includes(l.pid)), 'the same workers, by pid');
  const takeBack = setEnv(stack.envFile, { LOG_LEVEL: 'loud' });
  try {
    process.kill(master, 'SIGHUP');
    await until('a line of the master', () => stack.log().some((l) => l.pid === master));
  } finally {
    takeBack();
  }
  assert.equal(statSync(renamed).size, size);
  assert.deepEqual(workers().filter((pid) => before.includes(pid)).sort(), before.sort(), 'nobody was restarted');
});

/** A psql that locks the sessions, so that every order waits. */
async function holdSessions() {
  const psql = spawn('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', stack.database_url], { stdio: ['pipe', 'pipe', 'inherit'] });
  let out = '';
  psql.stdout.setEncoding('utf8').on('data', (part) => { out += part; });
  psql.stdin.write("BEGIN;\nSELECT 1 FROM sessions FOR UPDATE;\nSELECT 'held';\n");
  await until('the lock', () => out.includes('held'));
  return async () => {
    psql.stdin.end('ROLLBACK;\n');
    await new Promise((done) => psql.once('exit', done));
  };
}

test('the pool grows to DATABASE_POOL_MAX when all are busy, and not beyond', async () => {
  await reload({ DATABASE_POOL_MIN: 2, DATABASE_POOL_MAX: 2, LOGIN_WORKERS: 1, DATABASE_TIMEOUT_MS: 8000 });
  await until('the smallest', () => workers().length === 3);
  await reload({ DATABASE_POOL_MAX: 6 });
  assert.ok(workers().length <= 4);
  const release = await holdSessions();
  const orders = Array.from({ length: 20 }, (_, i) => post(stack, '/api/orders',
    { token: guests[i % guests.length].token, key: newKey(), body: orderOf(lineOf(items[0])) }));
  try {
    await until('6 and one for sign-ins', () => workers().length === 7, 4000);
    for (let i = 0; i < 20; i++) {
      assert.equal(workers().length, 7);
      await sleep(50);
    }
  } finally {
    await release();
  }
  for (const answer of await Promise.all(orders)) if (answer.status !== 201) isCleanRefusal(answer);
  assert.equal(workers().length, 7);
});

test('SIGTERM under load: each request gets its answer or a clean refusal, and what was answered is stored', async () => {
  await reload({ DATABASE_POOL_MIN: 4, DATABASE_POOL_MAX: 8, LOGIN_WORKERS: 2, SHUTDOWN_SECONDS: 10 });
  const master = masterPid();
  const before = count('orders');
  const running = { now: true };
  const { answers, end } = load(16, running);
  let tookMs;
  try {
    await until('orders are placed', () => answers.filter((a) => a.status === 201).length > 20);
    const children = workers();
    const start = Date.now();
    process.kill(master, 'SIGTERM');
    await until('the process is gone', () => isGone(master), 11000);
    tookMs = Date.now() - start;
    assert.ok(children.every(isGone), 'workers are left');
    await sleep(500);
  } finally {
    running.now = false;
    await end();
  }
  assert.ok(tookMs < 10500 * patience, `${tookMs} ms`);
  const placed = answers.filter((a) => a.status === 201);
  const refused = answers.filter((a) => a.status !== 201);
  assert.ok(refused.length > 0, 'nobody was refused');
  for (const answer of refused) isCleanRefusal(answer);
  for (const answer of answers) assert.ok(answer.ms < 11000 * patience, `${answer.ms} ms`);
  const stored = new Set(stack.sql('SELECT id FROM orders').flat());
  for (const answer of placed) assert.ok(stored.has(answer.json.id), `${answer.json.id} was answered and is not stored`);
  assert.equal(count('orders'), before + placed.length, 'what was refused is not stored');
  assert.equal(count(brokenOrders), 0);
  for (const name of ['orderzapd.pid', 'workers.sock', 'login.sock'])
    assert.ok(!existsSync(join(stack.dir, 'run', name)), `${name} is left`);
  const told = stack.log().filter((l) => l.pid === master).map((l) => l.msg);
  assert.ok(told.includes('stopping') && told.at(-1) === 'stopped', told.slice(-3).join(', '));
  assert.deepEqual(logged(/^killing/), []);
  await startServer();
  expectStatus(await post(stack, '/api/orders', { token: guests[0].token, key: placed[0].key, body: JSON.parse('{}') }), 422);
});

test('SIGTERM with requests that do not end: killed after SHUTDOWN_SECONDS, refused cleanly', async () => {
  await reload({ SHUTDOWN_SECONDS: 2, DATABASE_TIMEOUT_MS: 20000 });
  const master = masterPid();
  const before = count('orders');
  const release = await holdSessions();
  try {
    const keys = Array.from({ length: 3 }, () => newKey());
    const orders = keys.map((key) => post(stack, '/api/orders',
      { token: guests[0].token, key, body: orderOf(lineOf(items[0])) }));
    await until('they wait', () => waiting(stack) === 3);
    const start = Date.now();
    process.kill(master, 'SIGTERM');
    await until('the process is gone', () => isGone(master), 8000);
    assert.ok(Date.now() - start >= 1500, 'it did not wait');
    for (const answer of await Promise.all(orders)) isCleanRefusal(answer);
    assert.equal(logged(/^killing workers/).at(-1).level, 'warn');
    assert.ok(!existsSync(pidPath()));
  } finally {
    await release();
  }
  await sleep(200);
  assert.equal(count('orders'), before);
  await startServer();
});

for (const signal of ['SIGINT', 'SIGQUIT']) {
  test(`${signal} ends it as SIGTERM does, idle in well under SHUTDOWN_SECONDS`, async () => {
    setEnv(stack.envFile, { SHUTDOWN_SECONDS: 10 });
    const master = masterPid();
    process.kill(master, signal);
    await until('the process is gone', () => isGone(master), 5000);
    isCleanRefusal(await get(stack, '/health'));
    await startServer();
  });
}

test('the log: JSON lines with the promised fields, and no body, token, PIN or query', async () => {
  await reload({ LOG_LEVEL: 'debug' });
  stack.sql("UPDATE restaurants SET pin_length = 8 WHERE slug = 'spice-garden'");
  const accessBefore = readFileSync(join(stack.dir, 'nginx/access.log'), 'utf8').length;
  const logBefore = readFileSync(stack.logFile, 'utf8').length;
  const { code } = stack.restaurant().tables[9];
  const secrets = ['Zanzibarname', 'Zanzibarnote', 'Zanzibarpass', 'Zanzibarquery', 'Zanzibar Str. 1'];
  const guest = expectStatus(await post(stack, '/api/r/spice-garden/sessions', { body: { code, display_name: secrets[0] } }), 201).json;
  assert.match(guest.pin, /^\d{8}$/);
  const staff = await signIn(stack, 'waiter');
  const key = newKey();
  const answers = [
    await post(stack, '/api/orders', { token: guest.token, key, body: { ...orderOf(lineOf(items[0])), notes: secrets[1] } }),
    await get(stack, `/api/orders?limit=7&cursor=${secrets[3]}`, { token: guest.token }),
    await get(stack, `/api/orders?${secrets[3]}=1`, { token: staff.access_token }),
    await post(stack, '/api/auth/login', { body: { restaurant: 'spice-garden', email: 'owner@spice-garden.example', password: secrets[2] } }),
    await post(stack, '/api/orders', { token: guest.token, body: `{"notes": "${secrets[4]}", broken` }),
    await get(stack, `/api/nothing/here?${secrets[3]}`, { token: staff.access_token }),
    await get(stack, '/health'),
  ];
  assert.deepEqual(answers.map((a) => a.status), [201, 422, 422, 401, 400, 404, 200]);
  const lines = await Promise.all(answers.map(stack.accessLine));
  const text = readFileSync(stack.logFile, 'utf8').slice(logBefore);
  const access = await until('the lines of nginx', () => {
    const now = readFileSync(join(stack.dir, 'nginx/access.log'), 'utf8').slice(accessBefore);
    return answers.every((answer) => now.includes(answer.headers.get('x-request-id'))) && now;
  });
  for (const secret of [...secrets, 'Zanzibar', guest.pin, guest.token, staff.access_token, staff.refresh_token, 'orderzap-demo',
    guest.token.split('.')[2], 'limit=7', key]) {
    assert.ok(!text.includes(secret), `the log has ${secret}`);
    assert.ok(!access.includes(secret), `nginx's log has ${secret}`);
  }
  for (const line of stack.log()) {
    assert.match(line.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.ok(['debug', 'info', 'warn', 'error'].includes(line.level));
    assert.ok(Number.isInteger(line.pid) && line.pid > 0);
    assert.equal(typeof line.msg, 'string');
    if (line.msg !== 'access') continue;
    for (const field of ['request_id', 'method', 'route', 'restaurant', 'role'])
      assert.equal(typeof line[field], 'string', `${field} of ${JSON.stringify(line)}`);
    for (const field of ['status', 'duration_us', 'database_us', 'waited_ms', 'sent'])
      assert.ok(Number.isInteger(line[field]), `${field} of ${JSON.stringify(line)}`);
  }
  for (const [i, answer] of answers.entries()) {
    assert.equal(lines[i].status, answer.status);
  }
  const [line] = lines;
  assert.equal(line.route, '/api/orders');
  assert.equal(line.method, 'POST');
  assert.equal(line.role, 'diner');
  assert.equal(line.restaurant, stack.restaurant().id);
  assert.ok(line.duration_us >= line.database_us && line.database_us > 0);
});
