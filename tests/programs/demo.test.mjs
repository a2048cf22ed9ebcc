// scripts/demo as a newcomer uses it: two systems side by side, stopping and
// starting, the lines that it prints, the past that it makes and the evening that it plays.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { expectStatus, get, joinSession, lineOf, openSession, orderOf, post, readMenu, tokenOf } from '../api/lib/client.mjs';
import { isGone } from '../api/lib/processes.mjs';
import { buildDir, freePorts, root } from '../api/lib/stack.mjs';
import { sum } from '../api/lib/sums.mjs';
import { until } from '../api/lib/until.mjs';

process.env.ORDERZAP_CLUSTER_OPTIONS ??= 'fsync = off';

function script(name, args, env = process.env) {
  return new Promise((done) => {
    execFile(join(root, 'scripts', name), args, { timeout: 120000, env },
      (error, stdout, stderr) => done({ status: error ? error.code ?? 1 : 0, stdout, stderr }));
  });
}
const demo = (...args) => script('demo', args);

/** The orders of the evening that the demo plays, and the closed days before it. */
const eveningOrders = 7;
const pastDays = 30;
/** What a system has of orders, guests' or corrections since the last day that was closed. */
const sinceClose = (system, table) => system.sql(`SELECT count(*) FROM ${table} x JOIN restaurants r ON r.id = x.restaurant_id
  WHERE x.created_at > (coalesce(r.closed_through, '2000-01-01') + 1 + r.business_day_start) AT TIME ZONE r.timezone`);

/** A folder that the servers' users may enter too. */
function openFolder(prefix) {
  const dir = mkdtempSync(join(tmpdir(), prefix));
  chmodSync(dir, 0o755);
  return dir;
}

/** A demo of ours: its folder, its port, and what client.mjs needs of a stack. */
function system(dir, port) {
  const options = ['--dir', dir, '--port', String(port), '--build-dir', buildDir, '--detach'];
  const self = {
    dir, port, url: `https://localhost:${port}`,
    run: (...args) => demo('--dir', dir, ...args),
    start: (...args) => demo(...options, ...args),
    startWith: (env, ...args) => script('demo', [...options, ...args], env),
    restaurant: (slug = 'spice-garden') => self.status.restaurants.find((r) => r.slug === slug),
    async read() {
      const { status, stdout, stderr } = await self.run('--status', '--json');
      assert.equal(status, 0, stdout + stderr);
      self.status = JSON.parse(stdout);
      return self.status;
    },
    sql: (query) => execFileSync('psql', ['-XAtq', '-d', self.status.database_url, '-c', query], { encoding: 'utf8' }).trim(),
  };
  return self;
}

let first;
let second;
let welcome;
let longDir;
before(async () => {
  first = system(openFolder('orderzap-demo-'), 1 + await freePorts(3)); // nothing listens on the port before its own
  longDir = openFolder('orderzap-long-');
  second = system(join(longDir, 'a-folder-with-a-name-that-is-really-rather-long', 'and-another-one-in-it',
    'so-that-no-socket-could-have-a-path-in-here'), await freePorts());
});
after(async () => {
  for (const one of [first, second]) if (one) await one.run('--stop', '--quiet');
  for (const dir of [first?.dir, longDir]) if (dir) rmSync(dir, { recursive: true, force: true });
});

function withChildren(pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number);
  return [pid, ...children];
}

/** Every process of the system. */
function processes({ dir, status }) {
  const read = (file) => Number(readFileSync(file, 'utf8').split('\n')[0]);
  return [...withChildren(status.pid), ...withChildren(read(join(dir, 'nginx/nginx.pid'))),
    ...withChildren(read(join(dir, 'postgresql/data/postmaster.pid')))];
}

/** Processes that name the folder in their command line. */
function naming(dir) {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((pid) => {
    try {
      return !isGone(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(dir);
    } catch {
      return false;
    }
  });
}

test('a folder as `mktemp -d` makes it will do', async () => {
  const own = system(mkdtempSync(join(tmpdir(), 'orderzap-mktemp-')), await freePorts());
  assert.equal(statSync(own.dir).mode & 0o777, 0o700);
  try {
    const { status, stdout, stderr } = await own.start('--quiet', '--no-evening');
    assert.equal(status, 0, stdout + stderr);
    expectStatus(await get(own, '/health'), 200);
    await own.read();
    const pids = processes(own);
    assert.equal((await own.run('--stop')).status, 0);
    await until('every process is gone', () => pids.every(isGone), 5000);
  } finally {
    await own.run('--stop', '--quiet');
    rmSync(own.dir, { recursive: true, force: true });
  }
});

test('as root, a folder that the servers cannot reach is reported before anything is built', { skip: process.getuid() !== 0 }, async () => {
  const closed = mkdtempSync(join(tmpdir(), 'orderzap-closed-'));
  try {
    const dir = join(closed, 'some', 'demo');
    const { status, stdout, stderr } = await demo('--dir', dir);
    assert.equal(status, 1, stdout + stderr);
    assert.equal(stdout, '', 'it neither installs nor builds');
    assert.ok(stderr.includes(`cannot enter ${closed}, which contains ${dir}: choose a folder whose parents everybody may enter, as in --dir `), stderr);
    assert.deepEqual(readdirSync(dir), []);
    assert.equal((await demo('--dir', dir, '--stop')).status, 0);
  } finally {
    rmSync(closed, { recursive: true, force: true });
  }
});

test('if nothing was ever started, --status says so', async () => {
  const dir = join(longDir, 'never');
  const text = await demo('--dir', dir, '--status');
  assert.equal(text.status, 3, text.stderr);
  assert.match(text.stdout, /Nothing is running in/);
  const json = await demo('--dir', dir, '--status', '--json');
  assert.equal(json.status, 3);
  assert.deepEqual(JSON.parse(json.stdout), { running: false });
  assert.equal((await demo('--dir', dir, '--stop')).status, 0);
});

/** An environment in which curl loses the answer of a request whose arguments the pattern of the shell matches. */
function losing(pattern) {
  const curl = execFileSync('bash', ['-c', 'command -v curl'], { encoding: 'utf8' }).trim();
  const bin = mkdtempSync(join(longDir, 'losing-'));
  writeFileSync(join(bin, 'curl'), `#!/bin/sh\n${curl} "$@" || exit\ncase $* in\n${pattern}) exit 28 ;;\nesac\n`, { mode: 0o755 });
  return { ...process.env, PATH: `${bin}:${process.env.PATH}` };
}

test('an evening that is cut off is reported, nothing is left running, and the next start goes on with it', async () => {
  for (const [pattern, said] of [['*/adjustments*', 'POST /api/orders/.*/adjustments'], ['*PUT*ready*', 'PUT /api/orders/']]) {
    const { status, stderr } = await first.startWith(losing(pattern), '--quiet');
    assert.equal(status, 1, stderr);
    assert.match(stderr, new RegExp(`demo-evening: ${said}\\S* was not answered\n(.*\n)*demo: the evening was not played to its end: .*--no-evening`));
    assert.deepEqual(naming(first.dir), []);
  }
});

test('the welcome says what there is', async () => {
  const { status, stdout, stderr } = await first.start();
  assert.equal(status, 0, stdout + stderr);
  welcome = stdout;
  for (const text of [first.url, 'spice-garden', 'caffe-lungarno', 'orderzap-demo', `${first.url}/api/r/spice-garden/tables/`,
    `--dir ${first.dir} --stop`, 'Played a short evening']) assert.ok(welcome.includes(text), text);
  for (const log of ['start.log', 'rt.log']) assert.equal(readFileSync(join(first.dir, 'nginx', log), 'utf8'), '', `nginx warns of nothing: ${log}`);
  await first.read();
});

test('the evening is there once: a void, a comp and a discount, a split bill, an open table, and a report that adds up', async () => {
  const token = await tokenOf(first, 'owner'), read = async (path) => expectStatus(await get(first, path, { token }), 200).json;
  const closed = first.sql(`SELECT closed_through FROM restaurants WHERE slug = 'spice-garden'`);
  const orders = (await read('/api/orders?limit=50')).data.filter((o) => o.business_date > closed);
  assert.equal(orders.length, eveningOrders);
  assert.equal(sinceClose(first, 'users'), '7');
  assert.equal(sinceClose(first, 'order_adjustments'), '3');
  const bills = {};
  for (const { id, name } of first.restaurant().tables) {
    const { session_id: session } = orders.find((o) => o.table_id === id) ?? {};
    if (session) bills[name] = { id: session, ...await read(`/api/sessions/${session}/bill`), session: await read(`/api/sessions/${session}`) };
  }
  assert.deepEqual(Object.keys(bills), ['Table 8', 'Table 9', 'Table 11']);
  const { 'Table 8': paid, 'Table 9': split, 'Table 11': open } = bills;
  assert.deepEqual([paid.session.status, paid.due, paid.credit], ['closed', 0, 0]);
  const adjustments = paid.orders.flatMap((o) => o.adjustments);
  assert.deepEqual(adjustments.map((a) => [a.kind, a.reason]).sort(), [['comp', 'Came late'], ['discount', 'Regular guests'], ['void', 'Ordered twice']]);
  assert.equal(paid.total_amount, sum(orders.filter((o) => o.session_id === paid.id), (o) => o.total_amount) + sum(adjustments, (a) => a.total_amount));
  assert.ok(paid.discount_amount > 0);
  const { by, shares } = await read(`/api/sessions/${split.id}/split`);
  assert.deepEqual([by, shares.map((s) => s.label), shares.filter((s) => s.due === 0).map((s) => s.label)], ['diner', ['Meera', 'Karan', 'Leela'], ['Karan']]);
  assert.deepEqual([sum(shares, (s) => s.amount), sum(shares, (s) => s.due)], [split.total_amount, split.due]);
  assert.deepEqual([open.session.status, open.paid, open.due], ['active', 0, open.total_amount]);
  assert.equal((await read('/api/service-calls?status=open')).data.length, 1);

  const days = orders.map((o) => o.business_date).sort(), all = Object.values(bills);
  const report = async (cut) => (await read(`/api/reports/sales?from=${days[0]}&to=${days.at(-1)}&by=${cut}`)).totals;
  const day = await report('day'), due = sum(all, (b) => b.due);
  for (const field of ['subtotal', 'discount_amount', 'tax_amount', 'total_amount', 'paid']) assert.equal(day[field], sum(all, (b) => b[field]), field);
  assert.deepEqual([day.orders, day.payments, day.total_amount - due], [eveningOrders, 3, day.paid]);
  assert.equal((await report('item')).subtotal, day.subtotal);
  assert.equal((await report('method')).net, day.paid + day.tips);

  const [, pin] = /Table 11 .* PIN (\d{4})\./.exec(welcome);
  const joined = await joinSession(first, first.restaurant().tables.find((t) => t.name === 'Table 11').code, pin);
  assert.equal(joined.session.id, open.id);
});

test('thirty closed days lie behind it, whose reports say the same however they are cut; a second start adds none', async () => {
  const closedDays = () => first.sql('SELECT restaurant_id, count(*), min(number), max(number), max(business_date) FROM business_days GROUP BY 1 ORDER BY 1');
  const had = closedDays();
  for (const slug of ['spice-garden', 'caffe-lungarno']) {
    const token = await tokenOf(first, 'owner', slug), read = async (path) => expectStatus(await get(first, path, { token }), 200).json;
    const { data } = await read('/api/business-days?limit=100');
    assert.deepEqual(data.map((d) => d.number), Array.from({ length: pastDays }, (_, i) => pastDays - i));
    assert.deepEqual(first.sql(`SELECT closed_through, business_date(now(), timezone, business_day_start) - 1 FROM restaurants WHERE slug = '${slug}'`).split('|'),
      [data[0].business_date, data[0].business_date], 'up to yesterday');
    const report = async (by) => (await read(`/api/reports/sales?from=${data.at(-1).business_date}&to=${data[0].business_date}&by=${by}`)).totals;
    const { orders, ...day } = await report('day');
    assert.ok(orders > 30 * pastDays, `${slug}: ${orders} orders`);
    for (const by of ['hour', 'item', 'category', 'method', 'tax_rate', 'staff', 'table', 'order_type', 'reason']) {
      const totals = await report(by);
      delete totals.orders;
      assert.deepEqual(totals, day, `${slug} by ${by}`);
    }
    assert.equal(day.total_amount, day.paid - day.rounding_amount - day.refunded, 'all of it was paid');
  }
  assert.equal((await first.start('--quiet')).status, 0);
  assert.equal(closedDays(), had);
});

test('the three curl lines of the welcome work as they are', async () => {
  const lines = welcome.split('\n').map((l) => l.trim()).filter((l) => l.startsWith('curl '));
  assert.equal(lines.length, 3);
  const [opened, placed, seen] = lines.map((line) => JSON.parse(execFileSync('bash', ['-c', line], { encoding: 'utf8' })));
  assert.ok(opened.token && opened.pin, JSON.stringify(opened));
  assert.equal(opened.diner.display_name, 'Asha');
  assert.equal(placed.order_number, eveningOrders + 1, JSON.stringify(placed));
  assert.equal(placed.session_id, opened.session.id);
  assert.ok(placed.items[0].customizations.length >= 1);
  assert.deepEqual(seen.data.map((o) => o.id), [placed.id]);
  const address = /^\s*(https:\S+\/tables\/\S+)$/m.exec(welcome)[1];
  const table = JSON.parse(execFileSync('curl', ['-sk', address], { encoding: 'utf8' }));
  assert.equal(table.restaurant.slug, 'spice-garden');
});

test('a second start while it runs: the same process, the same data, lines that work', async () => {
  const pids = processes(first);
  const again = await first.start();
  assert.equal(again.status, 0, again.stderr);
  assert.match(again.stdout, /is already running/);
  assert.doesNotMatch(again.stdout, /evening/);
  assert.equal((await first.read()).pid, pids[0]);
  assert.deepEqual(pids.filter(isGone), []);
  assert.equal(sinceClose(first, 'orders'), String(eveningOrders + 1));
  const lines = again.stdout.split('\n').map((l) => l.trim()).filter((l) => l.startsWith('curl '));
  const [opened, placed, seen] = lines.map((line) => JSON.parse(execFileSync('bash', ['-c', line], { encoding: 'utf8' })));
  assert.ok(opened.token, JSON.stringify(opened));
  assert.equal(placed.order_number, eveningOrders + 2, JSON.stringify(placed));
  assert.equal(seen.data[0].id, placed.id);
});

test('a second system beside the first, in a folder with a path of 120 characters and more', async () => {
  assert.ok(second.dir.length >= 120, `${second.dir.length}`);
  mkdirSync(second.dir, { recursive: true });
  const started = await second.start('--quiet', '--no-evening');
  assert.equal(started.status, 0, started.stdout + started.stderr);
  assert.equal(started.stdout, '', 'quiet');
  await second.read();
  assert.notEqual(second.status.pid, first.status.pid);
  assert.notEqual(second.status.database_url, first.status.database_url);
  for (const one of [first, second]) expectStatus(await get(one, '/health'), 200);
  const { token } = await openSession(second, 3);
  const { items } = await readMenu(second);
  const order = await post(second, '/api/orders', { token, body: orderOf(lineOf(items.find((i) => i.is_available))) });
  assert.equal(expectStatus(order, 201).json.order_number, 1);
  assert.equal(second.sql('SELECT count(*) FROM orders'), '1', 'neither an evening nor a past');
  assert.equal(sinceClose(first, 'orders'), String(eveningOrders + 2));
  assert.equal((await get(first, '/api/orders', { token })).status, 401, "the other's token is nothing here");
});

test('--status says what runs, --json as promised', async () => {
  for (const one of [first, second]) {
    const text = await one.run('--status');
    assert.equal(text.status, 0);
    assert.ok(text.stdout.includes(one.url) && text.stdout.includes(String(one.status.pid)), text.stdout);
    const { status } = one;
    assert.deepEqual(Object.keys(status), ['url', 'pid', 'database_url', 'restaurants']);
    assert.equal(status.url, one.url);
    assert.ok(!isGone(status.pid));
    assert.deepEqual(status.restaurants.map((r) => r.slug), ['spice-garden', 'caffe-lungarno']);
    for (const restaurant of status.restaurants) {
      assert.deepEqual(Object.keys(restaurant), ['slug', 'id', 'accounts', 'payment_providers', 'tables']);
      assert.deepEqual(restaurant.accounts.map((a) => a.role).sort(), ['cashier', 'kitchen', 'manager', 'owner', 'waiter']);
      for (const account of restaurant.accounts) assert.deepEqual(Object.keys(account), ['role', 'email', 'password']);
      for (const table of restaurant.tables) assert.deepEqual(Object.keys(table), ['id', 'name', 'code']);
      assert.equal(one.sql(`SELECT count(*) FROM tables WHERE restaurant_id = '${restaurant.id}'`), String(restaurant.tables.length));
    }
    const [{ slug, accounts }] = status.restaurants;
    expectStatus(await post(one, '/api/auth/login',
      { body: { restaurant: slug, email: accounts[0].email, password: accounts[0].password } }), 200);
    assert.equal(one.sql('SELECT current_user'), 'postgres');
  }
});

test('a port in use: a clear message, and nothing is left', async () => {
  const base = openFolder('orderzap-taken-');
  try {
    for (const [what, port, taken] of [['ours', first.port, first.port], ['of plain HTTP', first.port - 1, first.port]]) {
      const third = system(join(base, what.replaceAll(' ', '-')), port);
      const result = await third.start();
      assert.notEqual(result.status, 0);
      assert.match(result.stderr, new RegExp(`port ${taken} is in use.*--port`));
      assert.deepEqual(naming(third.dir), []);
    }
    const free = await freePorts();
    const server = createServer().listen(free, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
    const result = await system(join(base, 'other'), free).start();
    server.close();
    assert.notEqual(result.status, 0);
    assert.match(result.stderr, new RegExp(`port ${free} is in use`));
    assert.deepEqual(naming(base), []);
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
  for (const one of [first, second]) expectStatus(await get(one, '/health'), 200);
});

test('--stop leaves no process, --status then exits 3, and the next start has the orders', async () => {
  for (const one of [first, second]) {
    const { token } = await openSession(one, 5);
    const { items } = await readMenu(one);
    const body = orderOf(lineOf(items.find((i) => i.is_available)));
    const order = expectStatus(await post(one, '/api/orders', { token, body }), 201).json;
    const count = one.sql('SELECT count(*) FROM orders');
    const pids = processes(one);
    assert.ok(pids.length >= 12, `${pids.length} processes`);
    const stopped = await one.run('--stop');
    assert.equal(stopped.status, 0, stopped.stderr);
    assert.match(stopped.stdout, /data stays/);
    await until('every process is gone', () => pids.every(isGone), 5000);
    assert.deepEqual(naming(one.dir), []);
    const text = await one.run('--status');
    assert.equal(text.status, 3);
    assert.match(text.stdout, /Nothing is running in/);
    const json = await one.run('--status', '--json');
    assert.equal(json.status, 3);
    assert.deepEqual(JSON.parse(json.stdout), { running: false });
    assert.equal((await one.run('--stop')).status, 0, 'stopping twice is no fault');

    const started = await one.start('--quiet');
    assert.equal(started.status, 0, started.stdout + started.stderr);
    assert.notEqual((await one.read()).pid, pids[0]);
    assert.equal(one.sql('SELECT count(*) FROM orders'), count);
    // The guests are still at their table.
    const seen = expectStatus(await get(one, '/api/orders', { token }), 200).json;
    assert.deepEqual(seen.data.map((o) => o.id), [order.id]);
    const next = expectStatus(await post(one, '/api/orders', { token, body }), 201).json;
    assert.equal(next.order_number, order.order_number + 1);
  }
  assert.match(second.status.database_url, /host=\/\S{1,90}$/);
});

test('an evening that was cut off hours ago begins again, at tables that are cleared', async () => {
  const dir = join(longDir, 'evening'), play = (env) => script('demo-evening', [second.url, second.status.database_url, dir], env);
  const before = Number(second.sql('SELECT count(*) FROM orders'));
  assert.equal((await play(losing('*/payments*'))).status, 1);
  const then = new Date(Date.now() - 2 * 3600 * 1000);
  utimesSync(join(dir, 'run'), then, then);
  const { status, stdout, stderr } = await play();
  assert.equal(status, 0, stderr);
  assert.equal(stdout.split('\n').length, 3, stdout);
  assert.equal(second.sql('SELECT count(*) FROM orders'), String(before + 2 + eveningOrders), 'the two of Table 8 twice');
  assert.equal(second.sql("SELECT string_agg(t.name || ' ' || s.status, ', ' ORDER BY s.id) FROM sessions s JOIN tables t ON t.id = s.table_id WHERE t.name IN ('Table 8', 'Table 9', 'Table 11')"),
    'Table 8 closed, Table 8 closed, Table 9 active, Table 11 active');
  assert.deepEqual(readdirSync(dir), ['done']);
});

test('a start with data in the folder keeps all of it and seeds nothing', async () => {
  const added = execFileSync(join(buildDir, 'orderzapctl'), ['--config', join(second.dir, 'orderzap.env'), 'restaurant', 'add',
    '--slug', 'my-own-place', '--name', 'My Own Place', '--currency', 'EUR', '--timezone', 'Europe/Rome'], { encoding: 'utf8' });
  assert.match(added, /^[0-9a-f-]{36}\n$/);
  second.sql("DELETE FROM refresh_tokens; UPDATE staff SET display_name = 'Renamed' WHERE role = 'waiter'");
  const tables = "SELECT 'SELECT ' || string_agg(format('(SELECT count(*) FROM %I)', t.tablename), ' || '' '' || ' ORDER BY t.tablename) FROM pg_tables t WHERE t.schemaname = 'public'";
  const counts = second.sql(second.sql(tables)), names = second.sql('SELECT string_agg(s.display_name, \',\' ORDER BY s.id) FROM staff s');
  assert.equal((await second.run('--stop', '--quiet')).status, 0);
  const started = await second.start();
  assert.equal(started.status, 0, started.stdout + started.stderr);
  assert.equal(second.sql(second.sql(tables)), counts);
  assert.equal(second.sql('SELECT string_agg(s.display_name, \',\' ORDER BY s.id) FROM staff s'), names);
  assert.match(started.stdout, /spice-garden and caffe-lungarno/);
  assert.deepEqual((await second.read()).restaurants.map((r) => r.slug), ['spice-garden', 'caffe-lungarno']);
  expectStatus(await get(second, '/api/r/my-own-place/menu'), 200);
});

test('the socket folders of a long path are gone after --stop', async () => {
  const socketDir = /host=(\S+)$/.exec(second.status.database_url)[1];
  const runDir = /^RUN_DIR=(.*)$/m.exec(readFileSync(join(second.dir, 'orderzap.env'), 'utf8'))[1];
  assert.ok(existsSync(socketDir) && existsSync(runDir));
  assert.equal((await second.run('--stop', '--quiet')).status, 0);
  assert.ok(!existsSync(socketDir), socketDir);
  assert.ok(!existsSync(runDir), runDir);
});

test('--set changes a setting, in the foreground SIGTERM stops everything', async () => {
  const child = spawn(join(root, 'scripts/demo'), ['--dir', second.dir, '--port', String(second.port), '--build-dir', buildDir,
    '--set', 'DATABASE_POOL_MIN=2', '--set', 'LOGIN_WORKERS=1'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  const ended = new Promise((done) => child.once('exit', (code, signal) => done({ code, signal })));
  child.stdout.setEncoding('utf8').on('data', (part) => { out += part; });
  await until('it serves', () => out.includes('Ctrl-C stops it.'), 60000);
  await second.read();
  await until('three workers and the relay', () => withChildren(second.status.pid).length === 5);
  const pids = processes(second);
  child.kill('SIGTERM');
  assert.deepEqual(await ended, { code: 0, signal: null });
  await until('every process is gone', () => pids.every(isGone), 5000);
  assert.equal((await second.run('--status')).status, 3);
});

test('an unknown setting is reported, and nothing is left running', async () => {
  const result = await second.start('--quiet', '--set', 'NO_SUCH_SETTING=1');
  assert.notEqual(result.status, 0);
  assert.match(result.stderr, /NO_SUCH_SETTING/);
  assert.deepEqual(naming(second.dir), []);
});

test('bad arguments get a clear message', async () => {
  for (const [args, pattern] of [
    [['--port', 'abc'], /--port takes a number/], [['--port', '0'], /--port takes a number/], [['--port', '65535'], /--port takes a number/],
    [['--port', '999999999999999999999'], /--port takes a number/], [['--bogus'], /unknown option --bogus/], [['--dir'], /--dir needs a value/],
    [['--set'], /--set needs a value/], [['--dir', join(longDir, 'with space'), '--status'], /--dir: the path may hold/],
  ]) {
    const { status, stderr } = await demo(...args);
    assert.equal(status, 1, args.join(' '));
    assert.match(stderr, pattern);
  }
  const help = await demo('--help');
  assert.equal(help.status, 0);
  for (const option of ['--dir', '--port', '--detach', '--quiet', '--stop', '--status', '--json', '--set', '--build-dir', '--empty', '--no-evening', '--convex'])
    assert.ok(help.stdout.includes(option), option);
});

test('scripts/versions prints what is installed', () => {
  const bin = mkdtempSync(join(tmpdir(), 'orderzap-versions-'));
  try {
    const program = (name, words) => writeFileSync(join(bin, name), `#!/bin/sh\n${words}\n`, { mode: 0o755 });
    program('nginx', 'echo nginx version: nginx/9.8.7 >&2');
    program('gcc', 'exit 1');
    const said = execFileSync(join(root, 'scripts/versions'), { encoding: 'utf8', env: { ...process.env, PATH: `${bin}:${process.env.PATH}` } });
    assert.match(said, /^Debian \d\S*, PostgreSQL \d+\.\d+, nginx 9\.8\.7, json-c [\d.]+, libjwt [\d.]+, libcurl [\d.]+, OpenSSL [\d.]+, gcc none, Node\.js [\d.]+\n$/);
    assert.ok(said.includes(`Node.js ${execFileSync('node', ['--version'], { encoding: 'utf8' }).trim().slice(1)}`), said);
  } finally {
    rmSync(bin, { recursive: true, force: true });
  }
});
