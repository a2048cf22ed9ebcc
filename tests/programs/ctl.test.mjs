// orderzapctl and orderzapd at the command line: what they do, what they refuse,
// in which words and with which exit status (sysexits.h).
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { expectStatus, get, lineOf, newKey, openSession, orderOf, post, readMenu, signIn, tokenOf } from '../api/lib/client.mjs';
import { hold } from '../api/lib/hold.mjs';
import { killRt, startRt } from '../api/lib/listen.mjs';
import { buildDir, root, startStack } from '../api/lib/stack.mjs';
import { until } from '../api/lib/until.mjs';

const EX = { OK: 0, USAGE: 64, DATAERR: 65, NOINPUT: 66, UNAVAILABLE: 69, SOFTWARE: 70, CANTCREAT: 73, NOPERM: 77, CONFIG: 78 };
const isRoot = process.getuid() === 0;

let stack;
let folder;
before(async () => {
  process.env.ORDERZAP_CLUSTER_OPTIONS = ''; // durable, as the doctor wants it
  stack = await startStack({ mirror: false });
  folder = mkdtempSync(join(tmpdir(), 'orderzap-ctl-'));
  chmodSync(folder, 0o755); // orderzapd's user is to reach the keys in it
});
after(async () => {
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function orderzapd(args, env = {}) {
  return new Promise((done) => {
    execFile(join(buildDir, 'orderzapd'), args, { env: { ...process.env, ...env }, timeout: 20000 },
      (error, stdout, stderr) => done({ status: error ? error.code : 0, stdout, stderr }));
  });
}

/** orderzapctl without the stack's settings. */
function bare(args, { input = '', env = {} } = {}) {
  return new Promise((done) => {
    const child = execFile(join(buildDir, 'orderzapctl'), args, { env: { ...process.env, ...env }, timeout: 60000 },
      (error, stdout, stderr) => done({ status: error ? error.code : 0, stdout, stderr }));
    child.stdin.on('error', () => {}); // it may end without reading
    child.stdin.end(input);
  });
}

const ctl = (args, options) => bare(['--config', stack.envFile, ...args], options);

function refused(result, status, ...patterns) {
  assert.equal(result.status, status, result.stdout.slice(0, 400) + result.stderr);
  for (const pattern of patterns) assert.match(result.stderr, pattern);
  assert.match(result.stderr, /^orderzapctl: /m);
}

function done(result, pattern = /^/) {
  assert.equal(result.status, EX.OK, result.stdout + result.stderr);
  assert.match(result.stdout, pattern);
  assert.equal(result.stderr, '');
}

const databases = {};
/** A new database, empty or a copy of a migrated one: {url, ctl(args), sql(query)}. */
function database(name, migrated) {
  stack.sql(`CREATE DATABASE ${name} ${migrated ? `TEMPLATE ${migrated} OWNER orderzap_owner` : ''}`);
  const url = stack.database_url.replace('@/orderzap?', `@/${name}?`);
  databases[name] = {
    url,
    ctl: (...args) => ctl(['--database-url', url, ...args]),
    sql(query) {
      return new Promise((ok, failed) => {
        execFile('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', url, '-c', query],
          (error, stdout, stderr) => (error ? failed(new Error(stderr)) : ok(stdout.trim())));
      });
    },
  };
  return databases[name];
}

const migrations = readdirSync(join(root, 'sql/migrations')).filter((f) => f.endsWith('.sql')).sort();
const functions = readdirSync(join(root, 'sql/functions')).filter((f) => f.endsWith('.sql'));

/** A copy of the migrations, to be changed. */
function copySources(name) {
  const dir = join(folder, name);
  mkdirSync(dir);
  for (const kind of ['functions', 'migrations']) cpSync(join(root, 'sql', kind), join(dir, kind), { recursive: true });
  return { dir, add: (file, sql) => writeFileSync(join(dir, 'migrations', `${file}.sql`), sql) };
}

// ---- migrate

test('migrate: an empty database, then nothing more to do', async () => {
  const db = database('ctl_twice');
  const empty = await db.ctl('migrate', '--status');
  assert.notEqual(empty.status, EX.OK, 'an empty database is not up to date');
  assert.equal(await db.sql("SELECT count(*) FROM pg_class WHERE relname = 'orders'"), '0');
  const first = await db.ctl('migrate');
  done(first, new RegExp(`^${migrations.length + functions.length} applied\\.$`, 'm'));
  const applied = [...first.stdout.matchAll(/^applying migration (\S+)$/gm)].map((m) => `${m[1]}.sql`);
  assert.deepEqual(applied, migrations);
  done(await db.ctl('migrate'), /^The database is up to date\.$/m);
  done(await db.ctl('migrate', '--status'), /^The database is up to date\.$/m);
  assert.equal(await db.sql('SELECT count(*) FROM schema_migrations'), String(migrations.length + functions.length));
  assert.equal(await db.sql("SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE c.relname = 'orders' AND r.rolname = 'orderzap_owner'"), '1');
  for (const name of ['ctl_changed', 'ctl_foreign']) database(name, 'ctl_twice'); // for later tests: as it is now
});

test('migrate --status of an empty database lists everything as missing', async () => {
  const db = database('ctl_status');
  const result = await db.ctl('migrate', '--status');
  assert.equal(result.status, 1, result.stdout + result.stderr);
  for (const file of migrations) assert.match(result.stdout, new RegExp(`^missing: migration ${file.slice(0, -4)}$`, 'm'));
  assert.equal(await db.sql("SELECT count(*) FROM pg_class WHERE relname = 'schema_migrations'"), '0', 'it only looks');
});

test('migrate: the owner suffices for all but the first time', async () => {
  const db = databases.ctl_twice;
  const owner = (url) => url.replace('postgres@', 'orderzap_owner@');
  done(await ctl(['--database-url', owner(db.url), 'migrate']), /up to date/);
  const fresh = database('ctl_owner');
  refused(await ctl(['--database-url', owner(fresh.url), 'migrate']), EX.NOPERM, /superuser/);
});

test('migrate --from: new migrations are applied in order, and --status shows them', async () => {
  const db = databases.ctl_twice;
  const { dir, add } = copySources('more');
  add('9002_second', 'INSERT INTO ctl_order (step) VALUES (2);');
  add('9001_first', 'CREATE TABLE ctl_order (step integer); INSERT INTO ctl_order VALUES (1);');
  const status = await db.ctl('migrate', '--status', '--from', dir);
  assert.equal(status.status, 1, status.stderr);
  assert.match(status.stdout, /missing: migration 9001_first\nmissing: migration 9002_second\n2 missing\./);
  done(await db.ctl('migrate', `--from=${dir}`), /applying migration 9001_first\napplying migration 9002_second\n2 applied\./);
  assert.equal(await db.sql('SELECT string_agg(step::text, \',\') FROM ctl_order'), '1,2');
  done(await db.ctl('migrate', '--status', '--from', dir), /up to date/);
});

test('migrate: a database of a newer version is refused, and the migration named', async () => {
  const db = databases.ctl_twice;
  for (const args of [['migrate'], ['migrate', '--status']])
    refused(await db.ctl(...args), EX.DATAERR, /9001_first/, /9002_second/, /newer version/);
});

test('migrate: a database made before the first release is refused, with what to do', async () => {
  const db = databases.ctl_twice;
  await db.sql("INSERT INTO schema_migrations (kind, name, checksum) VALUES ('migration', '0001_restaurants', 'x')");
  for (const args of [['migrate'], ['migrate', '--status']])
    refused(await db.ctl(...args), EX.DATAERR, /made before the first release/, /Make a new database/, /pg_dump --data-only/);
});

test('migrate --from: what was applied must not change', async () => {
  const db = databases.ctl_changed;
  const { dir, add } = copySources('changed');
  const victim = migrations[1];
  writeFileSync(join(dir, 'migrations', victim), `${readFileSync(join(dir, 'migrations', victim), 'utf8')}\n-- a word\n`);
  add('9001_more', 'CREATE TABLE ctl_more ();');
  const result = await db.ctl('migrate', '--from', dir);
  refused(result, EX.DATAERR, new RegExp(`migration ${victim.slice(0, -4)} was changed after it was applied`));
  assert.equal(await db.sql("SELECT count(*) FROM pg_class WHERE relname = 'ctl_more'"), '0');
});

test('migrate --from: a changed function is put in place again', async () => {
  const db = databases.ctl_changed;
  const { dir } = copySources('function');
  const victim = join(dir, 'functions', functions[0]);
  writeFileSync(victim, `${readFileSync(victim, 'utf8')}\n-- a word\n`);
  done(await db.ctl('migrate', '--from', dir), new RegExp(`applying function ${functions[0].slice(0, -4)}\n1 applied\\.`));
  done(await db.ctl('migrate'), /1 applied\./);
});

test('migrate: one that fails is rolled back wholly, named, and ends the run', async () => {
  const db = databases.ctl_changed;
  const { dir, add } = copySources('failing');
  add('9001_good', 'CREATE TABLE ctl_good ();');
  add('9002_bad', 'CREATE TABLE ctl_bad ();\nINSERT INTO slugs SELECT 1/0;\n');
  add('9003_after', 'CREATE TABLE ctl_after ();');
  const result = await db.ctl('migrate', '--from', dir);
  refused(result, EX.SOFTWARE, /9002_bad/);
  assert.match(result.stderr, /division by zero|column/, 'and why');
  const tables = () => db.sql("SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class WHERE relname LIKE 'ctl\\_%'");
  assert.equal(await tables(), 'ctl_good');
  assert.equal(await db.sql("SELECT count(*) FROM schema_migrations WHERE name LIKE '900%'"), '1');
  add('9002_bad', 'CREATE TABLE ctl_bad ();');
  done(await db.ctl('migrate', '--from', dir), /2 applied\./);
  assert.equal(await tables(), 'ctl_after,ctl_bad,ctl_good');
});

test('migrate: two at once apply everything once', async () => {
  const db = database('ctl_race');
  const results = await Promise.all(Array.from({ length: 3 }, () => db.ctl('migrate')));
  for (const result of results) done(result);
  assert.deepEqual(results.map((r) => /up to date/.test(r.stdout)).sort(), [false, true, true]);
  assert.equal(await db.sql('SELECT count(*) FROM schema_migrations'), String(migrations.length + functions.length));
});

test('migrate: bad arguments', async () => {
  refused(await ctl(['migrate', '--from', join(folder, 'nowhere')]), EX.NOINPUT, /nowhere.*No such file/);
  refused(await ctl(['migrate', '--bogus']), EX.USAGE, /--bogus/);
  refused(await ctl(['migrate', '--from']), EX.USAGE, /--from/);
  refused(await ctl(['--database-url', 'postgresql:///x?host=/nonexistent', 'migrate']), EX.UNAVAILABLE, /cannot be reached/);
  refused(await ctl(['migrate'], { env: { DATABASE_ADMIN_URL: '' } }), EX.CONFIG, /DATABASE_ADMIN_URL is not set/);
});

// ---- seed

test('seed: twice is once', async () => {
  const db = databases.ctl_race;
  refused(await db.ctl('seed', '--show'), EX.DATAERR, /make it with 'orderzapctl seed'/);
  const counts = () => db.sql(`SELECT concat_ws(' ', ${['restaurants', 'slugs', 'tables', 'qr_codes', 'staff', 'menu_items',
    'menu_item_options', 'menu_item_option_values'].map((t) => `(SELECT count(*) FROM ${t})`).join(', ')},
    (SELECT string_agg(code, ',' ORDER BY code) FROM qr_codes))`);
  done(await db.ctl('seed'), /spice-garden and caffe-lungarno/);
  const first = await counts();
  done(await db.ctl('seed'));
  assert.equal(await counts(), first);
  assert.match(first, /^2 2 /);
});

test('seed --show prints JSON', async () => {
  const result = await databases.ctl_race.ctl('seed', '--show');
  done(result);
  const restaurants = JSON.parse(result.stdout);
  assert.deepEqual(restaurants.map((r) => r.slug), ['spice-garden', 'caffe-lungarno']);
  for (const restaurant of restaurants) {
    assert.deepEqual(Object.keys(restaurant), ['slug', 'id', 'accounts', 'payment_providers', 'tables']);
    assert.deepEqual(restaurant.accounts.map((a) => a.role), ['owner', 'manager', 'cashier', 'waiter', 'kitchen']);
    for (const account of restaurant.accounts) assert.deepEqual(Object.keys(account), ['role', 'email', 'password']);
    assert.ok(restaurant.tables.length > 0);
    for (const table of restaurant.tables) assert.deepEqual(Object.keys(table), ['id', 'name', 'code']);
  }
});

test('seed: refused beside a restaurant of somebody', async () => {
  const db = databases.ctl_foreign;
  done(await db.ctl('restaurant', 'add', '--slug', 'mine', '--name', 'Mine', '--currency', 'EUR', '--timezone', 'Europe/Rome'));
  refused(await db.ctl('seed'), EX.DATAERR, /has other restaurants/);
  assert.equal(await db.sql('SELECT count(*) FROM staff'), '0');
  assert.equal(await db.sql('SELECT string_agg(slug, \',\') FROM restaurants'), 'mine');
});

// ---- restaurant add, staff add

const restaurantAdd = (over = {}) => {
  const all = { '--slug': 'blue-door', '--name': 'The Blue Door', '--currency': 'GBP', '--timezone': 'Europe/London', ...over };
  return ctl(['restaurant', 'add', ...Object.entries(all).filter(([, v]) => v !== undefined).flat()]);
};
const staffAdd = (over = {}, password = 'correct horse battery\n') => {
  const all = { '--restaurant': 'blue-door', '--email': 'Eve@Blue-Door.example', '--name': 'Eve Hall', '--role': 'manager', ...over };
  return ctl(['staff', 'add', ...Object.entries(all).filter(([, v]) => v !== undefined).flat(), '--password-stdin'], { input: password });
};

test('restaurant add and staff add: then signing in works', async () => {
  const added = await restaurantAdd();
  done(added, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\n$/);
  const id = added.stdout.trim();
  assert.deepEqual(stack.sql(`SELECT name, currency, timezone, pin_length, session_expiry_minutes FROM restaurants WHERE id = '${id}'`),
    [['The Blue Door', 'GBP', 'Europe/London', '4', '180']]);
  done(await staffAdd());
  const answer = await post(stack, '/api/auth/login',
    { body: { restaurant: 'blue-door', email: 'eve@blue-door.example', password: 'correct horse battery' } });
  const { access_token: token, user } = expectStatus(answer, 200).json;
  assert.equal(user.role, 'manager');
  assert.equal(expectStatus(await get(stack, '/api/auth/me', { token }), 200).json.email, 'eve@blue-door.example');
  assert.deepEqual(expectStatus(await get(stack, '/api/orders', { token }), 200).json.data, []);
  assert.equal((await get(stack, '/api/r/blue-door/menu')).status, 200);
  assert.match(stack.sqlValue("SELECT password_hash FROM staff WHERE email = 'eve@blue-door.example'"), /^\$argon2id\$/);
});

test('restaurant add takes PIN_LENGTH and SESSION_EXPIRY_MINUTES from the settings', async () => {
  const result = await ctl(['restaurant', 'add', '--slug=long-pin', '--name=Long', '--currency=JPY', '--timezone=Asia/Tokyo'],
    { env: { PIN_LENGTH: '6', SESSION_EXPIRY_MINUTES: '90' } });
  done(result);
  assert.deepEqual(stack.sql("SELECT pin_length, session_expiry_minutes FROM restaurants WHERE slug = 'long-pin'"), [['6', '90']]);
});

test('restaurant add: duplicates and bad values, each with a clear message', async () => {
  const before = stack.sqlValue('SELECT count(*) FROM restaurants');
  refused(await restaurantAdd(), EX.DATAERR, /'blue-door' is taken/);
  for (const slug of ['Bad', 'a b', '-a', 'a-', 'a--b', 'caf\u00e9', 'a/b', '', 'x'.repeat(64)])
    refused(await restaurantAdd({ '--slug': slug }), EX.DATAERR, /--slug/);
  for (const name of ['', 'x'.repeat(121)]) refused(await restaurantAdd({ '--slug': 'other', '--name': name }), EX.DATAERR, /--name/);
  for (const currency of ['eur', 'EURO', 'E1R', '', 'ABC', 'ZZZ', 'XXX']) refused(await restaurantAdd({ '--slug': 'other', '--currency': currency }), EX.DATAERR, /--currency/);
  for (const zone of ['Mars/Olympus', '', "'; DROP TABLE orders; --"])
    refused(await restaurantAdd({ '--slug': 'other', '--timezone': zone }), EX.DATAERR, /--timezone/);
  for (const option of ['--slug', '--name', '--currency', '--timezone'])
    refused(await restaurantAdd({ [option]: undefined }), EX.USAGE, new RegExp(`${option} must be given`));
  refused(await restaurantAdd({ '--colour': 'blue' }), EX.USAGE, /--colour/);
  refused(await ctl(['restaurant', 'add', '--slug', 'a', '--slug', 'b', '--name', 'x', '--currency', 'EUR', '--timezone', 'UTC']),
    EX.USAGE, /--slug/);
  refused(await ctl(['restaurant', 'remove']), EX.USAGE, /unknown command/);
  assert.equal(stack.sqlValue('SELECT count(*) FROM restaurants'), before);
});

test('restaurant add: a name of blanks or control characters is refused with a clear message', async () => {
  for (const name of ['   ', 'a\nb', 'a\u0001b'])
    refused(await restaurantAdd({ '--slug': 'blank', '--name': name }), EX.DATAERR, /--name/);
});

test('staff add: duplicates and bad values, each with a clear message', async () => {
  const before = stack.sqlValue('SELECT count(*) FROM staff');
  refused(await staffAdd(), EX.DATAERR, /already has an account there/);
  refused(await staffAdd({ '--email': 'EVE@blue-door.EXAMPLE' }), EX.DATAERR, /already/);
  refused(await staffAdd({ '--restaurant': 'nowhere', '--email': 'x@y' }), EX.DATAERR, /restaurant 'nowhere' not found/);
  for (const role of ['boss', 'diner', 'Owner', '']) refused(await staffAdd({ '--email': 'x@y', '--role': role }), EX.DATAERR, /--role/);
  for (const email of ['nobody', '@y', 'x@', '', `${'x'.repeat(250)}@y.example`])
    refused(await staffAdd({ '--email': email }), EX.DATAERR, /--email/);
  for (const option of ['--restaurant', '--email', '--name', '--role'])
    refused(await staffAdd({ [option]: undefined }), EX.USAGE, new RegExp(`${option} must be given`));
  assert.equal(stack.sqlValue('SELECT count(*) FROM staff'), before);
});

test('staff add: a name that is empty or too long is refused with a clear message', async () => {
  for (const name of ['', 'x'.repeat(300)])
    refused(await staffAdd({ '--email': 'name@blue-door.example', '--name': name }), EX.DATAERR, /--name/);
});

test('staff add: passwords have 8 to 200 characters', async () => {
  for (const password of ['', '\n', '1234567\n', `${'x'.repeat(201)}\n`, `${'x'.repeat(1000)}\n`])
    refused(await staffAdd({ '--email': 'pw@blue-door.example' }, password), EX.DATAERR, /password/);
  for (const [email, password] of [['pw8@blue-door.example', '12345678'], ['pw200@blue-door.example', 'x'.repeat(200)]]) {
    done(await staffAdd({ '--email': email, '--role': 'waiter' }, password));
    expectStatus(await post(stack, '/api/auth/login', { body: { restaurant: 'blue-door', email, password } }), 200);
  }
  assert.equal(stack.sqlValue("SELECT count(*) FROM staff WHERE email = 'pw@blue-door.example'"), '0');
  const noTerminal = await ctl(['staff', 'add', '--restaurant', 'blue-door', '--email', 'tty@x', '--name', 'T', '--role', 'owner']);
  refused(noTerminal, EX.DATAERR, /--password-stdin/);
});

// ---- cleanup

test('cleanup ends what has expired, and does it once', async () => {
  const { items } = await readMenu(stack);
  const line = lineOf(items.find((i) => i.is_available));
  const old = await openSession(stack, 0);
  const fresh = await openSession(stack, 1);
  const keys = { old: newKey(), fresh: newKey() };
  for (const key of Object.values(keys))
    expectStatus(await post(stack, '/api/orders', { token: fresh.token, key, body: orderOf(line) }), 201);
  await signIn(stack, 'cashier');
  stack.sql(`UPDATE sessions SET expires_at = now() - interval '1 minute' WHERE id = '${old.session.id}'`);
  stack.sql(`INSERT INTO payment_intents (restaurant_id, id, session_id, provider, amount, currency, expires_at)
    SELECT '${stack.restaurant().id}', gen_random_uuid(), '${fresh.session.id}', 'pay', 100, 'INR', now() + minutes * interval '1 minute'
    FROM unnest('{-1, 60}'::integer[]) AS minutes`);
  stack.sql(`UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE key = '${keys.old}'`);
  stack.sql("UPDATE refresh_tokens SET expires_at = now() - interval '2 days'");
  await signIn(stack, 'cashier');
  const first = await ctl(['cleanup']);
  done(first, /^1 expired sessions ended\n1 abandoned online payments ended\n1 idempotency keys .*\n0 expired tickets for live events removed\n0 outbox rows .*\n[1-9]\d* expired refresh tokens removed\n0 order counters/);
  assert.equal(stack.sqlValue(`SELECT status FROM sessions WHERE id = '${old.session.id}'`), 'expired');
  assert.equal(stack.sqlValue(`SELECT status FROM sessions WHERE id = '${fresh.session.id}'`), 'active');
  assert.deepEqual(stack.sql('SELECT status, expires_at > now() FROM payment_intents ORDER BY expires_at'), [['expired', 'f'], ['pending', 't']]);
  assert.deepEqual(stack.sql(`SELECT key FROM idempotency_keys WHERE key IN ('${keys.old}', '${keys.fresh}')`), [[keys.fresh]]);
  assert.equal(stack.sqlValue('SELECT count(*) FROM refresh_tokens'), '1');
  assert.equal((await get(stack, '/api/sessions/current', { token: old.token })).status, 401);
  expectStatus(await get(stack, '/api/sessions/current', { token: fresh.token }), 200);
  done(await ctl(['cleanup']), /^0 expired sessions.*\n0 abandoned online payments.*\n0 idempotency.*\n0 expired tickets.*\n0 outbox.*\n0 expired refresh.*\n0 order counters.*\n0 networks.*\n0 business days closed that nobody had closed\n$/);
  const quiet = await ctl(['cleanup', '--quiet']);
  done(quiet);
  assert.equal(quiet.stdout, '');
  done(await ctl(['--database-url', stack.database_url.replace('postgres@', 'orderzap_owner@'), 'cleanup']), /^0 expired sessions/);
});

test('cleanup does not wait for locked rows: the next one removes them', async () => {
  const held = await openSession(stack, 2), free = await openSession(stack, 3), ids = [held.session.id, free.session.id];
  const states = () => ids.map((id) => stack.sqlValue(`SELECT status FROM sessions WHERE id = '${id}'`));
  await signIn(stack, 'cashier');
  stack.sql(`UPDATE sessions SET expires_at = now() - interval '1 minute' WHERE id IN ('${ids.join("', '")}')`);
  stack.sql(`INSERT INTO payment_intents (restaurant_id, id, session_id, provider, amount, currency, expires_at)
    SELECT '${stack.restaurant().id}', gen_random_uuid(), '${ids[0]}', 'pay', 100, 'INR', now() - interval '1 minute'`);
  stack.sql("UPDATE refresh_tokens SET expires_at = now() - interval '2 days'");
  stack.sql(`INSERT INTO idempotency_keys (restaurant_id, caller, key, request_hash, status, answer, created_at)
    VALUES ('${stack.restaurant().id}', 'c', 'k', 'h', 200, '{}', now() - interval '2 days')`);
  stack.sql(`INSERT INTO order_counters (restaurant_id, business_date, last_number) VALUES ('${stack.restaurant().id}', '2001-01-01', 1)`);
  stack.sql(`INSERT INTO event_tickets (restaurant_id, ticket_hash, role, caller_id, expires_at)
    VALUES ('${stack.restaurant().id}', 'x', 'diner', gen_random_uuid(), now() - interval '1 hour')`);
  const holder = await hold(stack, `SELECT FROM sessions WHERE id = '${ids[0]}' FOR UPDATE;
    SELECT FROM payment_intents FOR UPDATE; SELECT FROM refresh_tokens FOR UPDATE; SELECT FROM idempotency_keys FOR UPDATE;
    SELECT FROM order_counters FOR UPDATE; SELECT FROM event_tickets FOR UPDATE`);
  done(await ctl(['cleanup']), /^1 expired sessions.*\n0 abandoned online payments.*\n0 idempotency.*\n0 expired tickets.*\n.*\n0 expired refresh.*\n0 order counters/);
  assert.deepEqual(states(), ['active', 'expired']);
  await holder.end();
  done(await ctl(['cleanup']), /^1 expired sessions.*\n1 abandoned online payments.*\n1 idempotency.*\n1 expired tickets.*\n.*\n[1-9]\d* expired refresh.*\n1 order counters/);
  assert.deepEqual(states(), ['expired', 'expired']);
});

test('cleanup closes days that nobody has closed, one after the other, once their hours are over', async () => {
  const { id } = stack.restaurant();
  const closed = () => stack.sql(`SELECT business_date, number, closed_by FROM business_days WHERE restaurant_id = '${id}' ORDER BY number`);
  const days = stack.sql(`SELECT business_date(now(), timezone, business_day_start) - n FROM restaurants r, generate_series(0, 3) n WHERE r.id = '${id}' ORDER BY n`).map(([d]) => d);
  // Orders of three days ago and of the day before yesterday; of what happened yesterday there is none.
  stack.sql(`UPDATE restaurants SET day_close_hours = NULL`);
  stack.sql(`SET session_replication_role = replica; UPDATE orders SET business_date = CASE WHEN order_number = 1 THEN date '${days[3]}' ELSE date '${days[2]}' END WHERE restaurant_id = '${id}'`);
  done(await ctl(['cleanup']), /\n0 business days closed/);
  // They ended 48 hours and a day before that, but for the hours since the present one has begun.
  stack.sql(`UPDATE restaurants SET day_close_hours = 720`);
  done(await ctl(['cleanup']), /\n0 business days closed/);
  assert.deepEqual(closed(), []);
  stack.sql(`UPDATE restaurants SET day_close_hours = 24`);
  done(await ctl(['cleanup']), /\n2 business days closed/);
  assert.deepEqual(closed(), [[days[3], '1', ''], [days[2], '2', '']]);
  assert.equal(stack.sqlValue(`SELECT closed_through FROM restaurants WHERE id = '${id}'`), days[2]);
  done(await ctl(['cleanup']), /\n0 business days closed/);
});

test('cleanup goes in batches until all is done', async () => {
  stack.sql(`INSERT INTO order_counters (restaurant_id, business_date, last_number)
    SELECT '${stack.restaurant().id}', date '1950-01-01' + n, 1 FROM generate_series(1, 20001) n
    WHERE date '1950-01-01' + n < current_date - 400`);
  const lines = await ctl(['cleanup']);
  done(lines, /^20001 order counters/m);
  assert.equal(stack.sqlValue("SELECT count(*) FROM order_counters WHERE business_date < current_date - 400"), '0');
});

// ---- doctor

/** What the doctor found: {status, faults: [{fault, remedy}], stdout}. */
async function doctor(env = {}) {
  const { status, stdout } = await ctl(['doctor'], { env });
  const faults = [...stdout.matchAll(/^FAULT (.*)\n {6}what to do: (.+)$/gm)].map(([, fault, remedy]) => ({ fault, remedy }));
  assert.match(stdout, new RegExp(`^${faults.length} faults?$`, 'm'));
  assert.equal(status, faults.length === 0 ? 0 : 1);
  return { status, faults, stdout };
}

// Of the machine, and nothing to do with us.
const isOurs = ({ fault }) => !/somaxconn/.test(fault);

async function finds(pattern, remedy, env) {
  const { faults, stdout } = await doctor(env);
  const found = faults.find(({ fault }) => pattern.test(fault));
  assert.ok(found, stdout);
  assert.match(found.remedy, remedy);
  return faults;
}

test('doctor: a running system has no fault', async () => {
  const { faults, stdout } = await doctor();
  assert.deepEqual(faults.filter(isOurs), []);
  assert.ok((stdout.match(/^ok /gm) ?? []).length >= 10, stdout);
  const secret = /^JWT_SECRET=(.*)$/m.exec(readFileSync(stack.envFile, 'utf8'))[1];
  assert.ok(!stdout.includes(secret));
});

test('doctor: settings', async () => {
  await finds(/JWT_SECRET is shorter/, /change the setting/, { JWT_SECRET: 'short' });
  await finds(/JWT_SECRET is easy to guess/, /change the setting/, { JWT_SECRET: 'password'.repeat(6) });
  await finds(/^DATABASE_URL is not set/, /connection/, { DATABASE_URL: '' });
  await finds(/DATABASE_ADMIN_URL is not set/, /settings/, { DATABASE_ADMIN_URL: '' });
  await finds(/max_connections is 200/, /max_connections|DATABASE_POOL_MAX/, { DATABASE_POOL_MAX: '500' });
  await finds(/^PUBLIC_URL is not set/, /address at which guests reach.*reload/, { PUBLIC_URL: '' });
  await finds(/nowhere\.crt/, /SITE_TLS_CERTIFICATE/, { SITE_TLS_CERTIFICATE: '/nowhere.crt' });
});

test('doctor: files of secrets that others may read, and a secret in the wrong one', async () => {
  const file = (name) => join(stack.dir, name);
  for (const [name, mode, safe] of [['orderzap.env', 0o644, 0o600], ['admin.env', 0o640, 0o600], ['sync.env', 0o660, 0o600]]) {
    chmodSync(file(name), mode);
    try {
      await finds(new RegExp(`${name}: users who do not need it.*mode 0${mode.toString(8)}`), /chmod: 0600 for admin/);
    } finally {
      chmodSync(file(name), safe);
    }
  }
  if (isRoot) {
    const { uid, gid } = statSync(file('relay.env'));
    chownSync(file('cleanup.env'), uid, gid);
    await finds(/cleanup\.env: orderzapd's user can read it/, /chown/);
    chownSync(file('cleanup.env'), 0, 0);
  }
  const before = readFileSync(stack.envFile, 'utf8');
  writeFileSync(stack.envFile, `${before}DATABASE_SYNC_URL=postgresql://x\n`);
  await finds(/^DATABASE_SYNC_URL is in the settings/, /orderzap\.env\(5\) names/);
  writeFileSync(stack.envFile, before);
  assert.deepEqual((await doctor()).faults.filter(isOurs), []);
});

test('doctor: the wrong role', async () => {
  await finds(/superuser/, /orderzap_app/, { DATABASE_URL: stack.database_url });
  await finds(/bypasses|superuser/, /orderzap_app/, { DATABASE_URL: stack.database_url.replace('postgres@', 'orderzap_owner@') });
});

for (const [what, damage, repair, fault, remedy] of [
  ['a table without row-level security', 'ALTER TABLE orders DISABLE ROW LEVEL SECURITY', 'ALTER TABLE orders ENABLE ROW LEVEL SECURITY',
    /without row-level security: .*orders/, /migrate|restore/],
  ['a table whose owner is free of it', 'ALTER TABLE payments NO FORCE ROW LEVEL SECURITY', 'ALTER TABLE payments FORCE ROW LEVEL SECURITY',
    /without row-level security: .*payments/, /migrate|restore/],
  ['a new table without any', 'CREATE TABLE forgotten ()', 'DROP TABLE forgotten', /without row-level security: .*forgotten/, /migrate|restore/],
  ['a migration that is not recorded', "UPDATE schema_migrations SET name = name || '_' WHERE name = 'order_json'",
    "UPDATE schema_migrations SET name = 'order_json' WHERE name = 'order_json_'", /1 migrations or functions/, /orderzapctl migrate/],
  ['commits that are not durable', 'ALTER ROLE orderzap_app SET synchronous_commit = off', 'ALTER ROLE orderzap_app RESET synchronous_commit',
    /lose orders/, /synchronous_commit = on/],
  ['plans made again for each query', 'ALTER ROLE orderzap_app RESET plan_cache_mode', "ALTER ROLE orderzap_app SET plan_cache_mode = 'force_generic_plan'",
    /plans are made again/, /migrate|force_generic_plan/],
  ['scans of whole tables', 'ALTER ROLE orderzap_app RESET enable_seqscan', 'ALTER ROLE orderzap_app SET enable_seqscan = off',
    /scan whole tables/, /migrate/],
]) {
  test(`doctor: ${what}`, async () => {
    stack.sql(damage);
    try {
      await finds(fault, remedy);
    } finally {
      stack.sql(repair);
    }
    assert.deepEqual((await doctor()).faults.filter(isOurs), []);
  });
}

test('doctor: orderzapd stopped, the database down', async () => {
  const pid = Number(readFileSync(join(stack.dir, 'run/orderzapd.pid'), 'utf8'));
  process.kill(pid, 'SIGTERM');
  await until('it has ended', () => !readdirSync(join(stack.dir, 'run')).includes('orderzapd.pid'));
  try {
    await finds(/workers\.sock/, /start orderzapd/);
    await finds(/login\.sock/, /start orderzapd/);
    await stack.cluster('stop');
    await finds(/^DATABASE_URL does not connect/, /PostgreSQL runs/);
    await finds(/^DATABASE_RELAY_URL does not connect/, /PostgreSQL runs/);
    const faults = await finds(/^DATABASE_ADMIN_URL does not connect/, /PostgreSQL runs/);
    assert.equal(faults.filter(isOurs).length, 5);
  } finally {
    await stack.cluster('start');
    assert.equal((await orderzapd(['--config', stack.envFile])).status, 0);
  }
  await until('it is well', async () => (await get(stack, '/health')).status === 200);
  assert.deepEqual((await doctor()).faults.filter(isOurs), []);
});

test('doctor: rt', async () => {
  const listens = /^ok {4}rt listens at .*-rt\/(pub|sub)\.sock$/gm, remedy = /site --rt.*start rt.*error\.log.*or leave RT_DIR empty/;
  const { stdout } = await doctor();
  assert.deepEqual([...stdout.matchAll(listens)].map(([, name]) => name), ['pub', 'sub']);
  await killRt(stack);
  try {
    for (const name of ['pub', 'sub']) await finds(new RegExp(`${name}\\.sock: Connection refused`), remedy);
    const faults = await finds(/nowhere\/pub\.sock: No such file/, remedy, { RT_DIR: '/nowhere' });
    assert.equal(faults.filter(isOurs).length, 2);
    const without = await doctor({ RT_DIR: '' });
    assert.deepEqual(without.faults.filter(isOurs), []);
    assert.doesNotMatch(without.stdout, /\brt\b|RELAY/);
  } finally {
    await startRt(stack);
  }
  assert.deepEqual((await doctor()).faults.filter(isOurs), []);
});

test('doctor: the relay\'s connection', async () => {
  assert.match((await doctor()).stdout, /^ok {4}DATABASE_RELAY_URL connects$/m);
  await finds(/^DATABASE_RELAY_URL is not set/, /connection into the settings/, { DATABASE_RELAY_URL: '' });
  await finds(/^DATABASE_RELAY_URL does not connect/, /user, password and database/, { DATABASE_RELAY_URL: stack.database_url.replace('postgres@', 'nobody@') });
});

test('doctor: its user may not enter rt\'s folder', async () => {
  const [program, settings] = ['orderzapctl', 'orderzap.env'].map((name) => join(folder, name)), rt = join(stack.dir, 'run-rt');
  cpSync(join(buildDir, 'orderzapctl'), program);
  cpSync(stack.envFile, settings);
  chmodSync(settings, 0o644);
  chmodSync(rt, 0o000);
  // Root finds no door closed, and so asks as nobody.
  const [command, ...args] = [...(isRoot ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : []), program, '--config', settings, 'doctor'];
  const stdout = await new Promise((done) => { execFile(command, args, (_, out) => done(out)); });
  chmodSync(rt, 0o750);
  for (const name of ['pub', 'sub']) assert.match(stdout, new RegExp(`^FAULT .*run-rt/${name}\\.sock: Permission denied\\n      what to do: run the doctor as root, or as a member of SOCKET_GROUP$`, 'm'));
});

// ---- site

test('site: the template filled in', async () => {
  const result = await ctl(['site'], { env: { CORS_ORIGINS: 'https://a.example, http://b.example:8080', SITE_SERVER_NAME: 'order.example.com' } });
  done(result, /server_name order\.example\.com;/);
  assert.doesNotMatch(result.stdout, /@[A-Z_]+@/);
  assert.match(result.stdout, /"~\^\\Qhttps:\/\/a\.example\\E\$"/);
  assert.match(result.stdout, /"~\^\\Qhttp:\/\/b\.example:8080\\E\$"/);
  assert.match(result.stdout, new RegExp(`return 308 https://\\$host:${stack.port}\\$request_uri;`));
  const standard = await ctl(['site'], { env: { SITE_TLS_LISTEN: '[::]:443' } });
  done(standard, /return 308 https:\/\/\$host\$request_uri;/);
});

test('site: HTTP/2 as the version of nginx wants it', async () => {
  const before = /^ {4}listen \d+ ssl http2 backlog=4096;$/m, since = /^ {4}listen \d+ ssl backlog=4096;$(?:\n {4}listen \[::\]:\d+ ssl backlog=4096;$|\n)\n {4}http2 on;$/m;
  for (const version of ['1.22.1', '1.24.0', '1.25.0', '0.99.99']) {
    const result = await ctl(['site', '--nginx', version]);
    done(result, before);
    assert.doesNotMatch(result.stdout, /http2 on/, version);
  }
  for (const version of ['1.25.1', '1.26.3', '1.30.0', '2.0.0']) {
    const result = await ctl(['site', '--nginx', version]);
    done(result, since);
    assert.doesNotMatch(result.stdout, /listen.*http2/, version);
  }
  for (const version of ['', '1.26', 'nginx', '1.26.3.4', '1.26.3x', '-1.2.3', '1.+2.3', '1..3'])
    refused(await ctl(['site', '--nginx', version]), EX.USAGE, /--nginx: '.*' is not a version, such as 1\.26\.3/);
});

test('site: for the nginx that is installed', async () => {
  const bin = join(folder, 'bin'), nginx = join(bin, 'nginx');
  mkdirSync(bin);
  const says = async (words) => {
    writeFileSync(nginx, `#!/bin/sh\n${words}\n`, { mode: 0o755 });
    const result = await ctl(['site'], { env: { PATH: `${bin}:${process.env.PATH}` } });
    done(result, /^ {4}listen \d+ ssl/m);
    assert.equal(result.stderr, '');
    return /^ {4}http2 on;$/m.test(result.stdout);
  };
  assert.equal(await says('echo nginx version: nginx/1.22.1 >&2'), false);
  assert.equal(await says('echo nginx version: nginx/1.26.3 >&2'), true);
  assert.equal(await says("echo 'nginx version: nginx/1.25.1 (Ubuntu)' >&2"), true);
  assert.equal(await says('echo nginx version: openresty/1.27.1.2 >&2'), true);
  assert.equal(await says('exit 0'), false); // what is unknown gets the words that all take
  assert.equal(await says('echo nginx version: nginx/1.26.3 >&2; exit 1'), false);
});

test('site: an unknown place, a missing template', async () => {
  const template = join(folder, 'site.in');
  writeFileSync(template, 'mail me@example.com\nlisten @SITE_TLS_LISTEN@;\n@ @@\n');
  const result = await ctl(['site', '--template', template]);
  done(result);
  assert.equal(result.stdout, `mail me@example.com\nlisten ${stack.port};\n@ @@\n`);
  writeFileSync(template, 'listen @SITE_NONSENSE@;\n');
  refused(await ctl(['site', '--template', template]), EX.CONFIG, /@SITE_NONSENSE@/);
  refused(await ctl(['site', '--template', join(folder, 'no.in')]), EX.NOINPUT, /no\.in: No such file/);
});

/** Without asking nginx for its version. */
const site = (env) => ctl(['site', '--nginx', '1.22.1'], { env });

test('site: what is not an origin', async () => {
  for (const origin of ['order.example.com', '*', 'https://a.example/', 'https://a.example/app', 'ftp://a.example', 'https://a.example"',
    'https://a.example;', 'https://{a}', 'https://$host', 'https://a\\Eb', 'https://ok.example,nonsense'])
    refused(await site({ CORS_ORIGINS: origin }), EX.CONFIG, /CORS_ORIGINS/);
});

test('site: who may read the metrics', async () => {
  const rules = async (value) => {
    const result = await site({ SITE_METRICS_ALLOW: value });
    done(result);
    return /location = \/metrics \{\n([^}]*)fastcgi_pass/.exec(result.stdout)[1].split(';').map((rule) => rule.trim()).slice(0, -1);
  };
  const own = ['allow 127.0.0.1', 'allow ::1'];
  assert.deepEqual(await rules(''), [...own, 'deny all']);
  assert.deepEqual(await rules('192.0.2.7'), [...own, 'allow 192.0.2.7', 'deny all']);
  assert.deepEqual(await rules(' 10.0.0.0/8, 2001:db8::/32 ,,0.0.0.0/0\t::/0 192.0.2.7/32 ::1/128'),
    [...own, ...['10.0.0.0/8', '2001:db8::/32', '0.0.0.0/0', '::/0', '192.0.2.7/32', '::1/128'].map((n) => `allow ${n}`), 'deny all']);
  for (const value of ['all', 'unix:', 'prometheus.example.com', '10.0.0', '10.0.0.256', '10.0.0.0/', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/8x', '10.0.0.0/8/8',
    '2001:db8::/129', '2001:db8::/0000000064', '[::1]', 'fe80::1%eth0', '10.0.0.1;', '10.0.0.1; allow all', '10.0.0.1}', '192.0.2.7, nonsense', '/8', '10.0.0.0/ 8'])
    refused(await site({ SITE_METRICS_ALLOW: value }), EX.CONFIG, /SITE_METRICS_ALLOW: '[^']*' is not an address or network, such as/);
});

test('site: an origin needs a host', async () => {
  for (const origin of ['https://', 'http://:80'])
    refused(await site({ CORS_ORIGINS: origin }), EX.CONFIG, /CORS_ORIGINS/);
});

// ---- keygen

/** The settings of an installation with ES256 whose key is in the file. */
const es256 = (file, more = {}) => ({ JWT_ALG: 'ES256', JWT_PRIVATE_KEY_FILE: file, ...more });
const ownerOf = (file) => (isRoot ? statSync(file).uid !== 0 : statSync(file).uid === process.getuid());

test('keygen: to standard output, a new one each time', async () => {
  const keys = [await bare(['keygen']), await ctl(['keygen'])];
  for (const result of keys) {
    done(result, /^-----BEGIN PRIVATE KEY-----\n[\w+/=\n]+-----END PRIVATE KEY-----\n$/);
    const key = createPrivateKey(result.stdout);
    assert.equal(key.asymmetricKeyType, 'ec');
    assert.equal(key.asymmetricKeyDetails.namedCurve, 'prime256v1');
  }
  assert.notEqual(keys[0].stdout, keys[1].stdout);
});

test('keygen --output: for orderzapd\'s user only, with what to set; never over an existing file', async () => {
  const file = join(folder, 'jwt.pem');
  const result = await ctl(['keygen', '--output', file]);
  done(result, /JWT_ALG=ES256\n {2}JWT_PRIVATE_KEY_FILE=\/.*\/jwt\.pem\n/);
  assert.equal(statSync(file).mode & 0o7777, 0o600);
  assert.ok(ownerOf(file));
  const pem = readFileSync(file, 'utf8');
  assert.ok(!result.stdout.includes(pem.split('\n')[1]), 'the key is printed');
  for (const word of ['JWT_PREVIOUS_PUBLIC_KEY_FILE', 'keygen --public', 'reload', 'kid ']) assert.ok(result.stdout.includes(word), word);
  refused(await ctl(['keygen', '--output', file]), EX.CANTCREAT, /jwt\.pem already exists: choose another name/);
  refused(await ctl([`keygen`, `--output=${file}`]), EX.CANTCREAT);
  symlinkSync(join(folder, 'nowhere.pem'), join(folder, 'link.pem'));
  refused(await ctl(['keygen', '--output', join(folder, 'link.pem')]), EX.CANTCREAT, /link\.pem/);
  refused(await ctl(['keygen', '--output', '/nonexistent/jwt.pem']), EX.CANTCREAT, /\/nonexistent\/jwt\.pem: No such file/);
  assert.ok(!readdirSync(folder).includes('nowhere.pem'));
  assert.equal(readFileSync(file, 'utf8'), pem);
  done(await orderzapd(['--config', stack.envFile, '--check-config'], es256(file)), /^The settings are valid\.\n$/);
});

test('keygen --public: the other half', async () => {
  const file = join(folder, 'jwt.pem');
  const result = await bare(['keygen', '--public', file]);
  done(result);
  assert.equal(result.stdout, createPublicKey(readFileSync(file, 'utf8')).export({ type: 'spki', format: 'pem' }));
  refused(await bare(['keygen', '--public', join(folder, 'none.pem')]), EX.NOINPUT, /none\.pem: No such file/);
  const pub = join(folder, 'jwt.pub');
  writeFileSync(pub, result.stdout, { mode: 0o600 });
  refused(await bare(['keygen', '--public', pub]), EX.NOINPUT, /it holds no private key in PEM/);
  refused(await bare(['keygen', '--public', file, '--output', join(folder, 'both.pem')]), EX.USAGE, /takes no --output/);
  for (const args of [['--output'], ['--public'], ['--nonsense'], [file]]) refused(await bare(['keygen', ...args]), EX.USAGE);
  assert.ok(!readdirSync(folder).includes('both.pem'));
});

/** Keys that do not serve, with the settings that name them and what is said. */
function badKeys() {
  const good = join(folder, 'jwt.pem');
  const file = (name, text, mode = 0o644) => {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), mode);
    return join(folder, name);
  };
  const pem = (key, more = {}) => key.export({ type: 'pkcs8', format: 'pem', ...more });
  const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const open = file('open.pem', readFileSync(good));
  const cases = [
    [{ JWT_ALG: 'ES256' }, /JWT_PRIVATE_KEY_FILE is not set, but JWT_ALG is ES256/],
    [es256(join(folder, 'none.pem')), /JWT_PRIVATE_KEY_FILE: .*none\.pem: No such file/],
    [es256(open), /JWT_PRIVATE_KEY_FILE: .*open\.pem: everybody can use it: run 'chmod o='/],
    [es256(folder), /it is not a key file/],
    [es256(good, { JWT_PREVIOUS_PUBLIC_KEY_FILE: join(folder, 'none.pub') }), /JWT_PREVIOUS_PUBLIC_KEY_FILE: .*none\.pub: No such file/],
    [es256(good, { JWT_PREVIOUS_PUBLIC_KEY_FILE: open }), /JWT_PREVIOUS_PUBLIC_KEY_FILE: .*it holds no public key in PEM/],
    [es256(good, { JWT_PREVIOUS_PUBLIC_KEY_FILE: file('own.pub', createPublicKey(readFileSync(good, 'utf8')).export({ type: 'spki', format: 'pem' })) }),
      /it is the public key of JWT_PRIVATE_KEY_FILE/],
    [es256(good, { JWT_PREVIOUS_PUBLIC_KEY_FILE: file('any.pub', createPublicKey(p256).export({ type: 'spki', format: 'pem' }), 0o666) }), /everybody can change it/],
  ];
  for (const [name, text, says] of [
    ['empty.pem', '', /it holds no private key in PEM/], ['text.pem', 'hello\n', /it holds no private key/],
    ['p384.pem', pem(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey), /on the curve secp384r1; ES256 needs P-256/],
    ['k1.pem', pem(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey), /on the curve secp256k1/],
    ['rsa.pem', pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey), /a key of type RSA; ES256 needs EC on P-256/],
    ['ed.pem', pem(generateKeyPairSync('ed25519').privateKey), /a key of type ED25519/],
    ['locked.pem', pem(p256, { cipher: 'aes-128-cbc', passphrase: 'geheim' }), /without a passphrase/],
  ])
    cases.push([es256(given(file(name, text, 0o640))), says]);
  return cases;
}

/** The file, given to orderzapd's user. */
function given(file) {
  if (isRoot) chownSync(file, statSync(join(folder, 'jwt.pem')).uid, 0);
  return file;
}

test('--check-config and the doctor: keys that do not serve', async () => {
  for (const [env, pattern] of badKeys()) {
    const result = await orderzapd(['--config', stack.envFile, '--check-config'], env);
    assert.equal(result.status, EX.CONFIG, JSON.stringify(env) + result.stdout);
    assert.match(result.stderr, pattern);
    assert.match(result.stderr, /^orderzapd: JWT_/);
    await finds(pattern, /reload orderzapd/, env);
  }
  if (isRoot) {
    const roots = join(folder, 'roots.pem');
    writeFileSync(roots, readFileSync(join(folder, 'jwt.pem')), { mode: 0o600 });
    const result = await orderzapd(['--config', stack.envFile, '--check-config'], es256(roots));
    assert.equal(result.status, EX.CONFIG);
    assert.match(result.stderr, /roots\.pem: Permission denied: orderzapd's user must be able to read it/);
    const start = await orderzapd(['--config', stack.envFile, '--foreground'], es256(roots, { RUN_DIR: join(folder, 'es-run'), LOG_FILE: '' }));
    assert.equal(start.status, EX.CONFIG);
    assert.match(start.stderr, /roots\.pem: Permission denied/);
  }
});

test('doctor: the key of tokens', async () => {
  assert.doesNotMatch((await doctor()).stdout, /token key/);
  const file = join(folder, 'jwt.pem');
  const one = await doctor(es256(file));
  assert.match(one.stdout, /^ok {4}token key [\w-]{43}$/m);
  const other = join(folder, 'other.pub');
  writeFileSync(other, createPublicKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey).export({ type: 'spki', format: 'pem' }));
  const two = await doctor(es256(file, { JWT_PREVIOUS_PUBLIC_KEY_FILE: other }));
  assert.match(two.stdout, /^ok {4}token key [\w-]{43}, and [\w-]{43} beside it$/m);
  assert.deepEqual([...one.faults, ...two.faults].filter(isOurs), []);
});

// ---- The programs themselves

const settings = [...readFileSync(join(root, 'src/conf/settings.def'), 'utf8').matchAll(/^SETTING\("([A-Z_]+)"/gm)].map((m) => m[1]);

test('--help and --version', async () => {
  for (const option of ['--version', '-V']) {
    done(await bare([option]), /^orderzapctl \d+\.\d+/);
    done(await orderzapd([option]), /^orderzapd \d+\.\d+/);
  }
  for (const option of ['--help', '-h']) {
    const tool = await bare([option]);
    done(tool);
    for (const command of ['migrate', 'seed', 'restaurant add', 'staff add', 'cleanup', 'doctor', 'site', 'qr-sheet', 'keygen'])
      assert.match(tool.stdout, new RegExp(`^ {2}${command}\\b`, 'm'));
    const server = await orderzapd([option]);
    done(server);
    for (const word of ['--config', '--foreground', '--check-config', '--dump-config']) assert.ok(server.stdout.includes(word), word);
    for (const key of settings) assert.match(server.stdout, new RegExp(`^ {2}${key}\\b`, 'm'));
  }
  assert.ok(settings.length > 20);
});

test('orderzapctl: no command, an unknown one, an unknown option', async () => {
  for (const args of [[], ['dance'], ['restaurant'], ['staff', 'dance']]) refused(await bare(args), EX.USAGE, /unknown command; see --help/);
  assert.equal((await bare(['--bogus'])).status, EX.USAGE);
  refused(await bare(['--config', '/nonexistent.env', 'doctor']), EX.CONFIG, /\/nonexistent\.env: No such file/);
});

test('orderzapd: bad options', async () => {
  for (const args of [['--bogus'], ['--config'], ['surplus']]) {
    const result = await orderzapd(args);
    assert.equal(result.status, EX.USAGE);
    assert.match(result.stderr, /bogus|config|surplus/);
    assert.equal(result.stdout, '');
  }
});

test('orderzapd --check-config', async () => {
  done(await orderzapd(['--config', stack.envFile, '--check-config']), /^The settings are valid\.\n$/);
  for (const [env, pattern] of [
    [{ JWT_SECRET: 'short' }, /JWT_SECRET is shorter than 32 bytes: make one with 'openssl rand -base64 48'/],
    [{ JWT_SECRET: '' }, /JWT_SECRET is not set/],
    [{ JWT_SECRET: 'change-me-change-me-change-me-change-me' }, /JWT_SECRET is easy to guess/],
    [{ DATABASE_URL: '' }, /DATABASE_URL is not set/],
    [{ DATABASE_POOL_MIN: '20', DATABASE_POOL_MAX: '10' }, /DATABASE_POOL_MIN \(20\) is larger than DATABASE_POOL_MAX \(10\)/],
    [{ PUBLIC_URL: 'orders.example.com' }, /PUBLIC_URL: 'orders\.example\.com' is not an address/],
    [{ DATABASE_POOL_MIN: '4x' }, /DATABASE_POOL_MIN: '4x' is not a whole number/],
    [{ PIN_LENGTH: '3' }, /PIN_LENGTH: '3' is not a whole number from 4 to 8/],
    [{ LOG_LEVEL: 'verbose' }, /LOG_LEVEL/],
  ]) {
    const result = await orderzapd(['--config', stack.envFile, '--check-config'], env);
    assert.equal(result.status, EX.CONFIG, JSON.stringify(env));
    assert.match(result.stderr, pattern);
    if (env.JWT_SECRET?.length > 10) assert.ok(!result.stderr.includes(env.JWT_SECRET), 'the secret is printed');
  }
  const file = join(folder, 'bad.env');
  for (const [text, pattern] of [
    ['NONSENSE=1\n', /bad\.env:1: unknown setting 'NONSENSE'/], ['\n# x\nLOG_LEVEL\n', /bad\.env:3: not of the form KEY=value/],
    ['LOG_LEVEL="info\n', /bad\.env:1: LOG_LEVEL: a quote is not closed/],
  ]) {
    writeFileSync(file, text);
    const result = await orderzapd(['--config', file, '--check-config']);
    assert.equal(result.status, EX.CONFIG);
    assert.match(result.stderr, pattern);
  }
  const none = await orderzapd(['--config', join(folder, 'none.env'), '--check-config']);
  assert.equal(none.status, EX.CONFIG);
  assert.match(none.stderr, /none\.env: No such file/);
});

test('orderzapd --dump-config: every setting, the secrets hidden, the environment before the file', async () => {
  const result = await orderzapd(['--config', stack.envFile, '--dump-config'], { LOG_LEVEL: 'debug', DATABASE_ADMIN_URL: '' });
  done(result);
  assert.deepEqual(result.stdout.trim().split('\n').map((l) => l.split('=')[0]), settings);
  assert.match(result.stdout, /^JWT_SECRET=\(set\)$/m);
  assert.match(result.stdout, /^DATABASE_URL=\(set\)$/m);
  assert.match(result.stdout, /^DATABASE_ADMIN_URL=\(not set\)$/m);
  assert.match(result.stdout, /^LOG_LEVEL=debug$/m);
  const text = readFileSync(stack.envFile, 'utf8');
  for (const key of ['JWT_SECRET', 'DATABASE_URL']) assert.ok(!result.stdout.includes(new RegExp(`^${key}=(.*)$`, 'm').exec(text)[1]));
});

test('orderzapd: starts that are refused', async () => {
  const run = join(folder, 'run');
  const start = (env) => orderzapd(['--config', stack.envFile, ...(env.LOG_FILE === '' ? [] : ['--foreground'])],
    { RUN_DIR: run, LOG_FILE: join(folder, 'refused.log'), ...env });
  const background = await start({ LOG_FILE: '' });
  assert.equal(background.status, EX.CONFIG);
  assert.match(background.stderr, /set LOG_FILE; or use --foreground/);
  const log = await start({ LOG_FILE: '/nonexistent/x.log' });
  assert.equal(log.status, EX.CONFIG);
  assert.match(log.stderr, /\/nonexistent\/x\.log: No such file/);
  const folderGone = await start({ RUN_DIR: '/nonexistent/run' });
  assert.equal(folderGone.status, EX.UNAVAILABLE);
  assert.match(folderGone.stderr, /cannot make RUN_DIR: No such file/);
  const group = await start({ SOCKET_GROUP: 'no-such-group' });
  assert.equal(group.status, EX.UNAVAILABLE);
  assert.match(group.stderr, /SOCKET_GROUP is not a group/);
  if (isRoot) {
    const asRoot = await start({ RUN_USER: '' });
    assert.equal(asRoot.status, EX.UNAVAILABLE);
    assert.match(asRoot.stderr, /started as root: set RUN_USER/);
    const nobody = await start({ RUN_USER: 'no-such-user' });
    assert.equal(nobody.status, EX.UNAVAILABLE);
    assert.match(nobody.stderr, /RUN_USER: user 'no-such-user' not found/);
  }
  expectStatus(await get(stack, '/health'), 200);
  await tokenOf(stack, 'owner');
});

test('.env.example names exactly the settings', () => {
  const text = readFileSync(join(root, '.env.example'), 'utf8');
  const named = [...text.matchAll(/^#?\s?([A-Z][A-Z0-9_]+)=/gm)].map((m) => m[1]);
  assert.deepEqual([...named].sort(), [...settings].sort());
});
