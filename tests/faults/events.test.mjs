// Live events while parts of the system die or hang: nothing is lost that a
// snapshot does not mend.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { expectStatus, get, lineOf, openSession, orderOf, post, put, readMenu, tokenOf } from '../api/lib/client.mjs';
import { killRt, listen, rtMaster, rtWorker, startRt } from '../api/lib/listen.mjs';
import { isGone, relayOf } from '../api/lib/processes.mjs';
import { random } from '../api/lib/random.mjs';
import { buildDir, freePorts, startStack } from '../api/lib/stack.mjs';
import { until } from '../api/lib/until.mjs';

const run = promisify(execFile);

const elsewhere = 'caffe-lungarno';

let stack, items, waiter, restaurantId;
const guests = [], open = [];
before(async () => {
  stack = await startStack({ settings: { SITE_EVENTS: 10000, DATABASE_POOL_MIN: 2, LOGIN_WORKERS: 1 } });
  stack.sql(`UPDATE restaurants SET session_opening = 'diner'`);
  items = (await readMenu(stack)).items.filter((i) => i.is_available);
  waiter = await tokenOf(stack, 'waiter');
  restaurantId = stack.restaurant().id;
  for (let n = 0; n < 4; n++) guests.push(await openSession(stack, n));
});
after(() => stack?.stop());
afterEach(() => open.splice(0).forEach((l) => l.close()));

const on = async (where, token) => {
  const l = await listen(where, { token });
  assert.ok(l.events, `${l.status} ${l.text}`);
  open.push(l);
  return l;
};
const place = async (where = stack, guest = guests[0], item = items[0]) =>
  expectStatus(await post(where, '/api/orders', { token: guest.token, body: orderOf(lineOf(item)) }), 201).json;
const snapshot = async (where, token) => expectStatus(await get(where, '/api/sync', { token }), 200).json;
const menuVersion = (id = restaurantId) => Number(stack.sqlValue(`SELECT menu_version FROM restaurants WHERE id = '${id}'`));
/** A separate session of psql; write() statements to it, end() it. */
function psql() {
  const child = spawn('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', stack.database_url], { stdio: ['pipe', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (d) => { out += d; });
  return { async run(sql) {
    const mark = randomBytes(8).toString('hex');
    child.stdin.write(`${sql};\nSELECT '${mark}';\n`);
    await until(`psql has done ${sql.slice(0, 60)}`, () => out.includes(mark), 60000);
  }, end: () => child.stdin.end('\\q\n') };
}

// ---- The relay

/** Kills the relay at random moments, `times` times: {kills, done}. A reload now and then ends the master's back-off. */
function killRelay(below, times) {
  const self = { kills: 0 };
  const one = async () => {
    await sleep(below(150));
    const pid = relayOf(stack.pid);
    if (!pid) return;
    process.kill(pid, 'SIGKILL');
    await until('it is dead', () => isGone(pid));
    self.kills++;
    if (self.kills % 3 === 0) process.kill(stack.pid, 'SIGHUP');
  };
  self.done = (async () => { while (self.kills < times) await one(); })();
  return self;
}

test('the relay killed at random through 2,000 changes: none is lost', async (t) => {
  const { below } = random(t), KILLS = 30, BATCHES = 30;
  const l = await on(stack, waiter), killer = killRelay(below, KILLS);
  const byApi = (async () => {
    const orders = [];
    for (let n = 0; n < 200; n++) orders.push(await place(stack, guests[n % 4]));
    return orders;
  })();
  // Each change in its own transaction, some rolled back; the kills are spread over all of them.
  const sql = psql(), first = menuVersion();
  await sql.run('SET orderzap.events = on');
  for (let n = 0; n < BATCHES; n++) {
    await until(`kill ${n}`, () => killer.kills >= n, 60000);
    await sql.run(`DO $$ BEGIN FOR n IN 1..62 LOOP
      UPDATE restaurants SET menu_version = menu_version + 1 WHERE id = '${restaurantId}';
      IF n % 31 = 0 THEN ROLLBACK; ELSE COMMIT; END IF;
      PERFORM pg_sleep(0.001);
    END LOOP; END $$`);
  }
  sql.end();
  const orders = await byApi, last = menuVersion();
  await killer.done;
  assert.equal(last - first, 1800);
  await l.hears('the last menu', (e) => e.resource.menu_version === last, 60000);
  await until('all orders', () => {
    const told = new Set(l.events.map((e) => e.resource.id));
    return orders.every((o) => told.has(o.id));
  }, 60000);
  const heard = new Set(l.events.filter((e) => e.type === 'menu.updated').map((e) => e.resource.menu_version));
  for (let version = first + 1; version <= last; version++) assert.ok(heard.has(version), `menu ${version}`);
  // What came twice is the same.
  const byId = new Map();
  for (const e of l.events) {
    if (byId.has(e.id)) assert.deepEqual(e, byId.get(e.id));
    byId.set(e.id, e);
  }
  t.diagnostic(`${killer.kills} kills; ${l.events.length} events, ${l.events.length - byId.size} of them again`);
  assert.ok(!l.ended);
});

test('a relay that was killed is replaced, and goes on where it was', async () => {
  const l = await on(stack, waiter);
  await until('the back-off is over', async () => relayOf(stack.pid) !== undefined, 30000);
  await sleep(5100); // from here on it is no crash at its start
  const pid = relayOf(stack.pid);
  process.kill(pid, 'SIGSTOP');
  const order = await place();
  await sleep(700);
  assert.equal(l.about(order.id).length, 0);
  process.kill(pid, 'SIGKILL');
  await l.hears('what the dead one had to post', (e) => e.resource.id === order.id, 5000);
  assert.notEqual(relayOf(stack.pid), pid);
});

test('the cursor stays at what was committed: a crash gives the numbers of what was rolled back to others', async () => {
  const l = await on(stack, waiter), cursor = () => Number(readFileSync(join(stack.dir, 'run/relay.cursor'), 'utf8'));
  const order = await place();
  await l.hears('the order', (e) => e.resource.id === order.id);
  const xid = Number(stack.sqlValue(`SELECT max(xid::text::bigint) FROM events`));
  for (let n = 0; n < 20; n++) stack.sql('BEGIN; SELECT pg_current_xact_id(); ROLLBACK');
  await until('the cursor is behind the order', () => cursor() > xid);
  await sleep(1200); // two looks
  assert.equal(cursor(), xid + 1);
  const next = await place();
  await l.hears('the next order', (e) => e.resource.id === next.id);
  assert.equal(l.about(order.id).length, 1, 'one came twice');
});

test('a transaction that stays open: others\' events come at once, its own after its commit', async (t) => {
  const l = await on(stack, waiter);
  const order = await place(), sql = psql();
  t.after(() => sql.end());
  await sql.run(`SET orderzap.events = on; BEGIN; UPDATE orders SET status = 'confirmed' WHERE id = '${order.id}'`);
  for (let n = 0; n < 20; n++) {
    const other = await place(stack, guests[n % 4]);
    await l.hears('another\'s order', (e) => e.resource.id === other.id, 5000);
  }
  const read = () => stack.sqlValue("SELECT idx_tup_fetch + seq_tup_read FROM pg_stat_user_tables WHERE relname = 'events'");
  await until('a look reads none of them again', async () => { // beside the cleanup, which looks now and then
    const before = read();
    await sleep(1500);
    return read() === before;
  }, 30000);
  assert.equal(l.about(order.id).length, 1);
  await sql.run('COMMIT');
  await l.hears('what was committed late', (e) => e.resource.id === order.id && e.resource.status === 'confirmed', 5000);
  await sleep(1200);
  assert.equal(new Set(l.events.map((e) => e.id)).size, l.events.length, 'one came twice');
});

test('the database restarted: events go on', async () => {
  const l = await on(stack, waiter);
  const before = await place();
  await l.hears('an order', (e) => e.resource.id === before.id);
  await stack.cluster('stop', 'immediate');
  await stack.cluster('start');
  const order = await until('an order goes through', async () => {
    const answer = await post(stack, '/api/orders', { token: guests[0].token, body: orderOf(lineOf(items[0])) });
    return answer.status === 201 && answer.json;
  });
  await l.hears('the order', (e) => e.resource.id === order.id, 10000);
  assert.ok(!l.ended);
});

// ---- rt

/** A client as it should be: listens, takes the snapshot, applies what is newer; and comes back. */
function client(where, token) {
  const self = { state: new Map(), connects: 0, stopped: false };
  const apply = (o) => { if (!(self.state.get(o.id)?.version >= o.version)) self.state.set(o.id, { version: o.version, status: o.status }); };
  const loop = async () => {
    while (!self.stopped) {
      const l = await listen(where, { token, documented: false }).catch(() => ({}));
      if (l.events) {
        self.listener = l;
        self.connects++;
        const { orders } = await snapshot(where, token);
        orders.forEach(apply);
        let seen = 0;
        while (!l.ended && !self.stopped) {
          for (; seen < l.events.length; seen++) if (l.events[seen].type.startsWith('order.')) apply(l.events[seen].resource);
          await sleep(10);
        }
        l.close();
      }
      await sleep(100);
    }
  };
  self.run = loop();
  self.stop = async () => { self.stopped = true; self.listener?.close(); await self.run; };
  self.is = (order) => self.state.get(order.id)?.version === order.version && self.state.get(order.id)?.status === order.status;
  return self;
}

test('rt killed: its listeners come back and hold the true state within 5 s', async () => {
  const clients = [...Array(20)].map((_, n) => client(stack, n % 2 ? waiter : guests[n % 4].token));
  await until('all listen', () => clients.every((c) => c.connects === 1));
  const orders = [];
  for (let n = 0; n < 4; n++) orders.push(await place(stack, guests[n]));
  await killRt(stack);
  for (let n = 0; n < 4; n++) // nobody hears of it
    orders[n] = expectStatus(await put(stack, `/api/orders/${orders[n].id}`, { token: waiter, body: { status: 'confirmed' } }), 200).json;
  orders.push(await place());
  await startRt(stack);
  const knows = (c, n) => orders.every((o) => c.is(o) || (n % 2 === 0 && o.session_id !== guests[n % 4].session.id));
  await until('all hold the true state', () => clients.every(knows), 5000);
  assert.ok(clients.every((c) => c.connects >= 2));
  const later = await place();
  await until('the next event', () => clients.every((c, n) => c.is(later) || (n % 4 !== 0 && n % 2 === 0)), 5000);
  for (const c of clients) await c.stop();
});

test('a worker of rt that dies takes its listeners with it: none stays deaf', async () => {
  const listeners = await Promise.all([...Array(40)].map(() => on(stack, waiter)));
  const pid = rtWorker(stack);
  process.kill(pid, 'SIGKILL');
  await until('all are cut off', () => listeners.every((l) => l.ended), 5000);
  await until('another worker', () => { try { return rtWorker(stack) !== pid && !isGone(rtWorker(stack)); } catch { return false; } });
  const l = await on(stack, waiter), order = await place();
  await l.hears('the order', (e) => e.resource.id === order.id, 5000);
});

test('a listener that does not read is let go, and holds up nobody', async () => {
  // Where nobody sits at a table: each change of a menu is posted to each open session, too.
  const waiter = await tokenOf(stack, 'waiter', elsewhere), { id } = stack.restaurant(elsewhere);
  const stuck = await new Promise((done) => {
    const socket = connect({ port: stack.port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      socket.write(`GET /events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nAuthorization: Bearer ${waiter}\r\n\r\n`);
      socket.once('data', () => { socket.pause(); done(socket); });
    });
    socket.on('error', () => {});
  });
  const l = await on(stack, waiter);
  const port = (n) => `:${n.toString(16).toUpperCase().padStart(4, '0')}`;
  const connections = () => readFileSync('/proc/net/tcp', 'utf8').split('\n').map((line) => line.trim().split(/\s+/))
    .filter(([, local, remote, state]) => local?.endsWith(port(stack.port)) && remote.endsWith(port(stuck.localPort)) && state === '01').length;
  assert.equal(connections(), 1);
  const sql = psql();
  await sql.run('SET orderzap.events = on');
  // Until there is more than the buffers in between hold.
  for (let sent = 0; sent < 25000 && connections() > 0; sent += 2500) {
    await sql.run(`DO $$ BEGIN FOR n IN 1..2500 LOOP
      UPDATE restaurants SET menu_version = menu_version + 1 WHERE id = '${id}'; IF n % 200 = 0 THEN COMMIT; END IF; END LOOP; END $$`);
    const last = menuVersion(id);
    await l.hears('the last of many', (e) => e.resource.menu_version === last, 60000);
    l.forget();
  }
  sql.end();
  await until('the stuck one is let go', () => connections() === 0, 20000);
  const guest = await openSession(stack, 0, { slug: elsewhere });
  const item = (await readMenu(stack, elsewhere)).items.find((i) => i.is_available);
  const order = await place(stack, guest, item);
  await l.hears('an order', (e) => e.resource.id === order.id, 5000);
  stuck.destroy();
});

// ---- Two nodes

/** A second web node on the same database: another orderzapd, front and rt. */
async function secondNode() {
  const dir = join(stack.dir, 'two'), port = await freePorts();
  mkdirSync(join(dir, 'nginx'), { recursive: true });
  const changed = { RUN_DIR: `${dir}/run`, RT_DIR: `${dir}/rt`, LOG_FILE: `${dir}/orderzapd.log`, SITE_TLS_LISTEN: port, SITE_HTTP_LISTEN: port + 1,
    SITE_CACHE_DIR: `${dir}/nginx/cache`, SITE_ACCESS_LOG: `${dir}/nginx/access.log` };
  const lines = readFileSync(stack.envFile, 'utf8').split('\n').filter((line) => line && !(line.split('=')[0] in changed));
  const envFile = join(dir, 'orderzap.env');
  writeFileSync(envFile, [...lines, ...Object.entries(changed).map(([k, v]) => `${k}=${v}`), ''].join('\n'));
  cpSync(join(stack.dir, 'relay.env'), join(dir, 'relay.env'));
  await run('sh', ['-ec', `chmod 755 ${dir} ${dir}/nginx; mkdir -p -m 750 ${dir}/rt; if [ "$(id -u)" = 0 ]; then chown www-data ${envFile} ${dir}/relay.env ${dir}/rt; chgrp www-data ${dir}/rt; fi`]);
  const node = { dir, port, envFile, url: `https://localhost:${port}`, rtDir: `${dir}/rt` };
  const ctl = async (...args) => (await run(join(buildDir, 'orderzapctl'), ['--config', envFile, ...args])).stdout;
  writeFileSync(`${dir}/nginx/site.conf`, await ctl('site'));
  writeFileSync(`${dir}/rt/nginx.conf`, await ctl('site', '--rt'));
  cpSync(`${stack.dir}/nginx/nginx.conf`, `${dir}/nginx/nginx.conf`);
  await run('sed', ['-i', `s|${stack.dir}/nginx|${dir}/nginx|g`, `${dir}/nginx/nginx.conf`]);
  node.startServer = () => run(join(buildDir, 'orderzapd'), ['--config', envFile]);
  node.pid = () => Number(readFileSync(`${dir}/run/orderzapd.pid`, 'utf8'));
  await node.startServer();
  await run('nginx', ['-p', `${dir}/nginx`, '-e', `${dir}/nginx/error.log`, '-c', `${dir}/nginx/nginx.conf`], { env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } });
  await startRt(node);
  await until('the second node serves', async () => (await fetch(`${node.url}/health`).catch(() => ({}))).status === 200);
  node.stop = async () => {
    const pids = [Number(readFileSync(`${dir}/nginx/nginx.pid`, 'utf8')), rtMaster(node), node.pid()];
    for (const pid of pids) { try { process.kill(pid, 'SIGTERM'); } catch { /* it ended */ } }
    await until('the second node is gone', () => pids.every(isGone));
  };
  return node;
}

test('two nodes: what is done through either is heard on both, also by one that was away', async () => {
  const two = await secondNode();
  try {
    assert.notEqual(rtMaster(stack), rtMaster(two));
    const [one, other] = [await on(stack, waiter), await on(two, waiter)];
    for (const where of [stack, two, stack, two]) {
      const order = await place(where);
      for (const l of [one, other]) await l.hears('an order of either node', (e) => e.resource.id === order.id);
    }
    // The second node's relay dies for a while: what happened meanwhile is posted late.
    const relay = await until('its relay', () => relayOf(two.pid()));
    process.kill(relay, 'SIGKILL');
    const meanwhile = [await place(stack), await place(two)];
    for (const order of meanwhile) for (const l of [one, other]) await l.hears('what was done meanwhile', (e) => e.resource.id === order.id);
    // Its whole server is killed: the front says so, its listeners stay and hear what the other does once it is back.
    const master = two.pid();
    process.kill(master, 'SIGKILL');
    await until('it is gone', () => isGone(master));
    const alone = await place(stack);
    await one.hears('the order', (e) => e.resource.id === alone.id);
    await until('it starts again', () => two.startServer().then(() => true, () => false));
    await other.hears('what was done while its server was away', (e) => e.resource.id === alone.id, 10000);
    // Its rt is killed: a client comes back and has the true state.
    const c = client(two, waiter);
    await until('it listens', () => c.connects === 1);
    await killRt(two);
    const unheard = await place(stack);
    await one.hears('the first node\'s', (e) => e.resource.id === unheard.id);
    await startRt(two);
    await until('the state is true again', () => c.is(unheard), 5000);
    const last = await place(stack);
    await until('and goes on', () => c.is(last), 5000);
    await c.stop();
    for (const l of [one]) assert.equal(new Set(l.events.map((e) => e.id)).size, l.events.length, 'the first node heard something twice');
  } finally {
    await two.stop();
  }
});
