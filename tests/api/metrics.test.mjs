// GET /metrics: what is counted is exactly what happened, whoever dies
// meanwhile, and only some may read it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { call, expectProblem, expectStatus, get, lineOf, openSession, orderOf, post, readMenu, signIn } from './lib/client.mjs';
import { figuresOf, parse } from './lib/exposition.mjs';
import { hold } from './lib/hold.mjs';
import { killRt, startRt } from './lib/listen.mjs';
import { isGone, workersOf } from './lib/processes.mjs';
import { buildDir, root, startStack } from './lib/stack.mjs';
import { until } from './lib/until.mjs';

const WORKERS = 3, LOGIN = 1;
const friend = '127.0.0.9', stranger = '127.0.0.13'; // of the loopback's network, and still not this host's own address

let stack, asha, body;
before(async () => {
  stack = await startStack({ settings: { DATABASE_POOL_MIN: WORKERS, DATABASE_POOL_MAX: WORKERS, LOGIN_WORKERS: LOGIN, SITE_METRICS_ALLOW: '2001:db8::/32, 127.0.0.8/30' } });
  asha = await openSession(stack, 0);
  body = orderOf(lineOf((await readMenu(stack)).items.find((i) => i.is_available)));
});
after(() => stack?.stop());

const scrape = async () => expectStatus(await get(stack, '/metrics'), 200).text;
const figures = async () => figuresOf(await scrape());
const masterPid = () => Number(readFileSync(join(stack.dir, 'run/orderzapd.pid'), 'utf8'));
const requests = 'orderzap_http_requests_total', durations = 'orderzap_http_request_duration_seconds';
const keyOf = (method, route, status) => `${requests}{method="${method}",route="${route}",status="${status}"}`;
const place = (status = 201) => post(stack, '/api/orders', { token: asha.token, body }).then((answer) => expectStatus(answer, status));

/** How much each sample of a family has grown; those that have not are left out. */
function growth(before, now, name) {
  const [old, fresh] = [before.counts(name), now.counts(name)];
  assert.deepEqual(Object.keys(old).filter((key) => !(key in fresh)), [], 'a sample is gone');
  return Object.fromEntries(Object.entries(fresh).map(([key, value]) => [key, value - (old[key] ?? 0)]).filter(([, by]) => by !== 0));
}

test('the format, its type, and no cache', async () => {
  const answer = expectStatus(await get(stack, '/metrics'), 200);
  assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  assert.ok(parse(answer.text).length > 20);
  const head = expectStatus(await call(stack, 'HEAD', '/metrics'), 200);
  assert.equal(head.text, '');
  const refused = expectProblem(await post(stack, '/metrics', { body: {} }), 405, 'method_not_allowed');
  assert.equal(refused.errors.length, 0);
  expectProblem(await get(stack, '/metrics?a=1'), 422, 'validation_failed');
});

test('what breaks the format is seen', () => {
  const good = '# HELP orderzap_a_total A.\n# TYPE orderzap_a_total counter\norderzap_a_total{x="\\"y\\\\\\n"} 1\n';
  assert.deepEqual(parse(good)[0].labels, { x: '"y\\\n' });
  const histogram = (...lines) => `# HELP orderzap_h H.\n# TYPE orderzap_h histogram\n${lines.map((l) => `orderzap_h${l}\n`).join('')}`;
  parse(histogram('_bucket{le="1"} 1', '_bucket{le="+Inf"} 2', '_count 2', '_sum 3.5'));
  for (const bad of [good.slice(0, -1), `${good}orderzap_a_total{x="\\"y\\\\\\n"} 1\n`, good.replace('counter', 'gauge'), good.replace('# HELP orderzap_a_total A.\n', ''),
    good.replace('} 1', '}1'), good.replace('} 1', '} NaN'), good.replace('x="', 'x="\n'), good.replace('x="', 'x="\\t'), `${good}orderzap_b 1\n`, good + good,
    histogram('_bucket{le="1"} 3', '_bucket{le="+Inf"} 2', '_count 2', '_sum 3'), histogram('_bucket{le="1"} 1', '_bucket{le="+Inf"} 2', '_count 3', '_sum 3'),
    histogram('_bucket{le="1"} 1', '_count 1', '_sum 3'), histogram('_bucket{le="+Inf"} 1', '_count 1'), histogram('{le="1"} 1')])
    assert.throws(() => parse(bad), bad);
});

test('requests are counted by method, route and status, each once', async () => {
  const login = { restaurant: 'spice-garden', email: 'owner@spice-garden.example', password: 'wrong' };
  const before = await figures();
  for (let i = 0; i < 3; i++) await place();
  for (let i = 0; i < 2; i++) await call(stack, 'GET', '/api/orders', { token: asha.token });
  await call(stack, 'HEAD', '/api/orders', { token: asha.token });
  await get(stack, '/api/orders');
  await post(stack, '/api/orders', { token: asha.token, body: {} });
  await post(stack, '/api/sync', { token: asha.token, body: { client_id: 'x', changes: [{ change_id: 'y', type: 'service_call.create', payload: { kind: 'water' } }] } });
  await get(stack, '/api/nothing', { token: asha.token });
  await call(stack, 'PATCH', '/api/orders', { token: asha.token });
  await post(stack, '/api/auth/login', { body: login });
  await signIn(stack, 'owner');
  const now = await figures();
  assert.deepEqual(growth(before, now, requests), {
    [keyOf('GET', '/metrics', 200)]: 1,
    [keyOf('POST', '/api/orders', 201)]: 3,
    [keyOf('POST', '/api/orders', 422)]: 1,
    [keyOf('GET', '/api/orders', 200)]: 3,
    [keyOf('GET', '/api/orders', 401)]: 1,
    [keyOf('POST', '/api/sync', 200)]: 1,
    [keyOf('POST', '/api/auth/login', 200)]: 1,
    [keyOf('POST', '/api/auth/login', 401)]: 1,
    [keyOf('-', '-', 404)]: 1,
    [keyOf('-', '-', 405)]: 1,
  });
  const grown = (name, labels) => now.sum(name, labels) - (before.sum(name, labels) ?? 0);
  const order = { method: 'POST', route: '/api/orders' };
  assert.equal(grown(`${durations}_count`, order), 4);
  assert.equal(grown('orderzap_queue_seconds_count', { pool: 'login' }), 2);
  assert.equal(grown('orderzap_queue_seconds_count', { pool: 'workers' }), 12);
  assert.ok(grown('orderzap_database_seconds_total', order) > 0);
  assert.ok(grown('orderzap_database_seconds_total', order) <= grown(`${durations}_sum`, order));
  assert.equal(now.sum('orderzap_database_seconds_total', { route: '-' }), undefined, 'what is no route needs no database');
});

test('a request that asks the database nothing took no time there, in the log too', async () => {
  await place();
  for (let i = 0; i < WORKERS; i++) assert.equal((await stack.accessLine(await get(stack, '/api/nothing'))).database_us, 0);
});

test('every request is in one bucket of its route, and in its pool\'s queue', async () => {
  await Promise.all(Array.from({ length: 100 }, (_, i) => (i % 2 ? get(stack, `/api/r/spice-garden/tables/${asha.code}`) : place())));
  const now = await figures();
  for (const { labels } of now.find(`${durations}_count`))
    assert.equal(now.sum(`${durations}_count`, labels), now.sum(requests, labels), JSON.stringify(labels));
  assert.equal(now.sum('orderzap_queue_seconds_count'), now.sum(requests));
  assert.equal(now.sum('orderzap_requests_too_old_total'), 0);
});

test('what checks or sets a password is the login workers\', nothing else is', async () => {
  const routes = [...readFileSync(join(root, 'src/api/routes.def'), 'utf8').matchAll(/^ROUTE(?:_QUERY)?\("([A-Z]+)", "([^"]+)",(.*)/gm)]
    .map(([, method, pattern, rest]) => ({ method, path: pattern.replaceAll(/\{[a-z_]+\}/g, randomUUID()), slow: rest.includes('ROUTE_PASSWORD') }))
    .filter(({ path }) => path !== '/events');
  const byLogin = async (asked) => {
    const before = await figures();
    for (const { method, path } of asked) await call(stack, method, path, { documented: false });
    return (await figures()).sum('orderzap_queue_seconds_count', { pool: 'login' }) - before.sum('orderzap_queue_seconds_count', { pool: 'login' });
  };
  const slow = routes.filter((route) => route.slow), others = routes.filter((route) => !route.slow);
  assert.ok(slow.length >= 4 && others.length > 60);
  for (const route of slow) assert.equal(await byLogin([route]), 1, `${route.method} ${route.path}`);
  assert.equal(await byLogin(others), 0);
});

test('nothing about a restaurant is shown', async () => {
  const text = await scrape();
  assert.match(text, /route="\/api\/r\/\{slug\}\/tables\/\{code\}"/);
  const secrets = [...stack.restaurants.flatMap((r) => [r.slug, r.id]), asha.code, asha.session.id, asha.diner.id, 'Asha', 'spice', 'owner@'];
  for (const word of secrets) assert.ok(!text.includes(word), word);
  assert.doesNotMatch(text, /[0-9a-f]{8}-[0-9a-f]{4}/);
});

test('version and start, once', async () => {
  const now = await figures(), version = /AC_INIT\(\[[^\]]+\], \[([^\]]+)\]/.exec(readFileSync(join(root, 'configure.ac'), 'utf8'))[1];
  assert.deepEqual(now.counts('orderzap_build_info'), { [`orderzap_build_info{version="${version}"}`]: 1 });
  const age = Date.now() / 1000 - now.sum('orderzap_start_time_seconds');
  assert.ok(age > 0 && age < 600, String(age));
});

// ---- Workers

const workers = async (pool) => {
  const now = await figures();
  return ['busy', 'idle'].map((state) => now.sum('orderzap_workers', { pool, state }));
};

test('busy and idle workers, as they are', async () => {
  for (const [pool, n] of [['workers', WORKERS], ['login', LOGIN], ['relay', 1]])
    await until(`nobody of ${pool} has anything to do`, async () => String(await workers(pool)) === `0,${n}`);
  const held = await hold(stack, 'SELECT 1 FROM sessions FOR UPDATE');
  const orders = [place(), place()];
  try {
    await until('two are busy', async () => (await workers('workers'))[0] >= 2);
  } finally {
    await held.end();
  }
  await Promise.all(orders);
  await until('nobody is', async () => (await workers('workers'))[0] === 0);
});

test('killed workers lose nothing; their deaths and the new connections are counted', async () => {
  for (let i = 0; i < 10; i++) await place();
  const before = await figures();
  const victims = workersOf(masterPid());
  assert.equal(victims.length, WORKERS + LOGIN);
  for (const pid of victims) process.kill(pid, 'SIGKILL');
  await until('others are there', () => victims.every(isGone) && workersOf(masterPid()).length === WORKERS + LOGIN);
  // Each has connected when it is idle.
  const now = await until('all have connected', async () => {
    const found = await figures();
    return found.sum('orderzap_database_connects_total', { result: 'made' }) - before.sum('orderzap_database_connects_total', { result: 'made' }) >= victims.length && found;
  });
  assert.deepEqual(Object.keys(growth(before, now, requests)), [keyOf('GET', '/metrics', 200)], 'only what reads them');
  assert.deepEqual(growth(before, now, 'orderzap_worker_deaths_total'), { 'orderzap_worker_deaths_total{pool="workers"}': WORKERS, 'orderzap_worker_deaths_total{pool="login"}': LOGIN });
  assert.equal(now.sum('orderzap_database_connects_total', { result: 'made' }) - before.sum('orderzap_database_connects_total', { result: 'made' }), victims.length);
});

test('a reload goes on counting, and is no death', async () => {
  await place();
  const before = await figures(), old = workersOf(masterPid());
  process.kill(masterPid(), 'SIGHUP');
  await until('all are new', () => old.every(isGone));
  const now = await figures();
  assert.deepEqual(growth(before, now, 'orderzap_worker_deaths_total'), {});
  assert.deepEqual(Object.keys(growth(before, now, requests)), [keyOf('GET', '/metrics', 200)]);
});

// ---- Live events and the mirror

test('the relay: what it posts, what it cannot, and when it last got through', async () => {
  const events = 'orderzap_relay_events_total', last = 'orderzap_relay_last_success_timestamp_seconds';
  const grows = (what, labels, from) => until(what, async () => (await figures()).sum(events, labels) > from.sum(events, labels));
  let from = await figures();
  await place();
  await grows('an event is posted', { result: 'posted' }, from);
  await killRt(stack);
  from = await figures();
  await place();
  await grows('a try has failed', { result: 'failed' }, from);
  from = await figures();
  await grows('another has', { result: 'failed' }, from);
  const stuck = await figures();
  assert.deepEqual([stuck.sum(events, { result: 'posted' }), stuck.sum(last)], [from.sum(events, { result: 'posted' }), from.sum(last)]);
  await startRt(stack);
  await grows('it is posted after all', { result: 'posted' }, stuck);
  const now = await until('the relay got through', async () => {
    const found = await figures();
    return found.sum(last) > stuck.sum(last) && found;
  });
  assert.ok(Math.abs(Date.now() / 1000 - now.sum(last)) < 60);
});

test('the mirror, as /health shows it', async () => {
  stack.sql(`UPDATE sync_logs SET convex_sync_status = 'dead' WHERE ctid IN (SELECT ctid FROM sync_logs WHERE convex_sync_status = 'pending' LIMIT 1)`);
  stack.sql(`UPDATE sync_state SET halted_because = 'of a test' WHERE name = 'convex'`);
  const pending = Number(stack.sqlValue(`SELECT count(*) FROM sync_logs WHERE convex_sync_status = 'pending'`));
  assert.ok(pending > 0);
  const now = await until('a worker looks again', async () => {
    const found = await figures();
    return found.sum('orderzap_mirror_dead') === 1 && found;
  });
  assert.equal(now.sum('orderzap_mirror_pending'), pending);
  assert.equal(now.sum('orderzap_mirror_halted'), 1);
  const oldest = Number(stack.sqlValue(`SELECT extract(epoch FROM now() - min(pending_since)) FROM sync_logs WHERE convex_sync_status = 'pending'`));
  assert.ok(Math.abs(now.sum('orderzap_mirror_oldest_seconds') - oldest) < 30);
  stack.sql(`UPDATE sync_state SET halted_because = NULL WHERE name = 'convex'`);
});

test('without the database: still 200, and it says so', async () => {
  assert.equal((await figures()).sum('orderzap_database_up'), 1);
  await stack.cluster('stop');
  try {
    const before = await figures();
    await get(stack, '/api/orders', { token: asha.token });
    const now = await figures();
    assert.equal(now.sum('orderzap_database_up'), 0);
    assert.deepEqual(parse(await scrape()).filter((s) => s.name.startsWith('orderzap_mirror_')), []);
    assert.equal(growth(before, now, requests)[keyOf('GET', '/api/orders', 503)], 1);
    assert.ok(now.sum('orderzap_database_connects_total', { result: 'failed' }) > before.sum('orderzap_database_connects_total', { result: 'failed' }));
  } finally {
    await stack.cluster('start');
  }
  const back = await until('the database is back', async () => {
    const found = await figures();
    return found.sum('orderzap_database_up') === 1 && found;
  });
  assert.ok(back.sum('orderzap_mirror_pending') > 0);
});

// ---- Who may read

/** GET /metrics from one of this host's addresses. */
const from = (localAddress, headers = {}) => new Promise((done, failed) => {
  request({ host: '127.0.0.1', localAddress, port: stack.port, path: '/metrics', headers, agent: false, rejectUnauthorized: false }, async (response) => {
    let text = '';
    for await (const part of response.setEncoding('utf8')) text += part;
    done({ status: response.statusCode, headers: response.headers, text });
  }).once('error', failed).end();
});

test('this host and SITE_METRICS_ALLOW get in, nobody else, whatever they say', async () => {
  for (const address of ['127.0.0.1', friend]) {
    const answer = await from(address);
    assert.equal(answer.status, 200, answer.text);
    parse(answer.text);
  }
  const claims = ['127.0.0.1', friend, '::1', `${friend}, ${stranger}`].flatMap((address) => ['X-Forwarded-For', 'X-Real-IP', 'X-Client-IP', 'True-Client-IP']
    .map((name) => ({ [name]: address })));
  for (const headers of [{}, ...claims, { Forwarded: `for=${friend}` }, { Host: 'localhost' }, { Authorization: `Bearer ${asha.token}` }]) {
    const answer = await from(stranger, headers);
    assert.equal(answer.status, 403, JSON.stringify(headers));
    assert.equal(answer.headers['content-type'], 'application/problem+json');
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.equal(JSON.parse(answer.text).code, 'forbidden');
    assert.ok(!answer.text.includes('orderzap_'));
  }
  // Allowed readers leave nothing for others.
  expectStatus(await get(stack, '/metrics'), 200);
  assert.equal((await from(stranger)).status, 403);
});

test('a new master begins at zero', async () => {
  const before = await figures(), master = masterPid();
  process.kill(master, 'SIGTERM');
  await until('it has ended', () => isGone(master));
  await promisify(execFile)(join(buildDir, 'orderzapd'), ['--config', stack.envFile]);
  const now = figuresOf((await until('it answers', async () => {
    const answer = await get(stack, '/metrics');
    return answer.status === 200 && answer;
  })).text);
  assert.ok(now.sum('orderzap_start_time_seconds') > before.sum('orderzap_start_time_seconds'));
  assert.equal(now.sum(requests) ?? 0, 0);
  assert.equal(now.sum('orderzap_worker_deaths_total'), 0);
});
