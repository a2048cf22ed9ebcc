// An upgrade of the database below workers of the version before, under load, with
// a long past and a reader in the way: nobody's request fails or waits long, and the
// workers take up what has changed by themselves.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { get, lineOf, newKey, openSession, orderOf, post, readMenu, tokenOf } from '../api/lib/client.mjs';
import { hold } from '../api/lib/hold.mjs';
import { workersOf } from '../api/lib/processes.mjs';
import { buildDir, root, startStack } from '../api/lib/stack.mjs';
import { patience, until } from '../api/lib/until.mjs';

const PAST = 30000; // orders
const READER_MS = 14000;
const LONGEST_MS = 1000 * patience;
const PAUSE_MS = 200; // between the requests of a line: what holds them up for too long meets each line

let stack;
let asha;
let items;
let manager;
let waiter;
before(async () => {
  stack = await startStack({ settings: { DATABASE_POOL_MIN: 4, DATABASE_POOL_MAX: 4 } });
  asha = await openSession(stack, 0);
  manager = await tokenOf(stack, 'manager');
  waiter = await tokenOf(stack, 'waiter');
  ({ items } = await readMenu(stack));
  items = items.filter((i) => i.is_available);
  stack.sql(`
    SET session_replication_role = replica;
    INSERT INTO orders (restaurant_id, id, business_date, order_number, order_type, status, payment_status, currency,
                        prices_include_tax, subtotal, tax_amount, taxes, total_amount)
    SELECT r.id, gen_random_uuid(), date '2020-01-01' + (n / 300), n % 300 + 1, 'takeaway', 'completed', 'paid', r.currency,
           false, 100, 0, '[]', 100
    FROM restaurants r, generate_series(1, ${PAST}) n WHERE r.slug = 'spice-garden'`);
});
after(() => stack?.stop());

const master = () => Number(readFileSync(join(stack.dir, 'run/orderzapd.pid'), 'utf8'));

/** The product's functions and migrations, to be changed and added to. */
function sources(name) {
  const dir = join(stack.dir, name);
  mkdirSync(dir);
  for (const kind of ['functions', 'migrations']) cpSync(join(root, 'sql', kind), join(dir, kind), { recursive: true });
  const add = (kind, file, sql) => writeFileSync(join(dir, kind, `${file}.sql`), sql);
  return { dir, add };
}

/** The next version: an order has its covers; a price may be wider. */
function nextVersion() {
  const { dir, add } = sources('next');
  const migration = (file, sql) => add('migrations', file, sql);
  const order = readFileSync(join(dir, 'functions/order_json.sql'), 'utf8');
  add('functions', 'order_json', order.replace("'notes', o.notes,", "'notes', o.notes, 'covers', o.covers,"));
  add('functions', 'copy_price', `CREATE OR REPLACE FUNCTION public.copy_price() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN NEW.price_wide := NEW.price; RETURN NEW; END $$;`);
  migration('9001_slow', 'SELECT pg_sleep(2);');
  migration('9002_covers', 'ALTER TABLE orders ADD COLUMN covers integer;\n-- function order_json\nALTER TABLE orders ALTER COLUMN covers SET DEFAULT 2;');
  migration('9003_price_wide', 'ALTER TABLE menu_items ADD COLUMN price_wide numeric(20, 0);\n'
    + 'CREATE TRIGGER copy_price BEFORE INSERT OR UPDATE OF price ON menu_items FOR EACH ROW EXECUTE FUNCTION copy_price();');
  migration('9004_price_wide', `-- batch without triggers
UPDATE menu_items i SET price_wide = i.price
FROM (SELECT x.restaurant_id, x.id FROM menu_items x WHERE x.price_wide IS NULL LIMIT 20) x
WHERE i.restaurant_id = x.restaurant_id AND i.id = x.id;`);
  migration('9005_price_wide', 'ALTER TABLE menu_items ADD CONSTRAINT price_wide_there CHECK (price_wide IS NOT NULL) NOT VALID;');
  migration('9006_price_wide', 'ALTER TABLE menu_items VALIDATE CONSTRAINT price_wide_there;');
  migration('9007_price_wide', `ALTER TABLE menu_items ALTER COLUMN price_wide SET NOT NULL;
DROP TRIGGER copy_price ON menu_items;
ALTER TABLE menu_items ALTER COLUMN price DROP NOT NULL;
ALTER TABLE menu_items RENAME COLUMN price TO price_narrow;
ALTER TABLE menu_items RENAME COLUMN price_wide TO price;`);
  migration('9008_covers', `-- batch without triggers
UPDATE orders o SET covers = 1
FROM (SELECT x.restaurant_id, x.id FROM orders x WHERE x.covers IS NULL LIMIT 1000) x
WHERE o.restaurant_id = x.restaurant_id AND o.id = x.id;`);
  migration('9009_covers', '-- alone\nCREATE INDEX CONCURRENTLY orders_covers ON orders (restaurant_id, covers);');
  return dir;
}

/** Requests of all kinds, one after the other in each of some lines, until end(): [{what, status, ms, text}]. */
function startLoad() {
  const answers = [];
  let going = true;
  const odd = { documented: false }; // the next version's members are not in the document
  const kinds = {
    'an order': () => post(stack, '/api/orders', { token: asha.token, key: newKey(), body: orderOf(lineOf(items[0])), ...odd }),
    'a quote': () => post(stack, '/api/orders/quote', { token: asha.token, body: orderOf(lineOf(items[1])), ...odd }),
    'the menu': () => get(stack, '/api/r/spice-garden/menu', odd),
    'the dishes': () => get(stack, '/api/menu/items', { token: manager, ...odd }),
    'the bill': () => get(stack, `/api/sessions/${asha.session.id}/bill`, { token: asha.token, ...odd }),
    'the orders': () => get(stack, '/api/orders?limit=20', { token: waiter, ...odd }),
    'signing in': () => tokenOf(stack, 'kitchen').then(() => ({ status: 200 }), (error) => ({ status: 0, text: error.message })),
  };
  const lines = Object.entries(kinds).map(async ([what, send]) => {
    while (going) {
      const start = Date.now();
      const { status, text } = await send().catch((error) => ({ status: 0, text: String(error) }));
      answers.push({ what, status, ms: Date.now() - start, text });
      await sleep(what === 'signing in' ? 2 * PAUSE_MS : PAUSE_MS); // which is dear
    }
  });
  return {
    answers,
    async end() {
      going = false;
      await Promise.all(lines);
    },
  };
}

/** orderzapctl migrate, as it runs: {child, out(), ended}. */
function startMigrate(dir) {
  const child = spawn(join(buildDir, 'orderzapctl'), ['--config', stack.envFile, 'migrate', '--from', dir]);
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part) => { out += part; });
  const ended = new Promise((done) => child.once('exit', (status, signal) => done(signal ?? status)));
  return { child, out: () => out, ended };
}

test('an upgrade under load: no request fails, none waits longer than a second, the workers follow', async (t) => {
  const dir = nextVersion();
  const workers = workersOf(master());
  const load = startLoad();
  t.after(load.end);
  await until('all kinds were answered', () => new Set(load.answers.map((a) => a.what)).size === 7);

  const reader = await hold(stack, 'SELECT count(*) FROM menu_items');
  const reading = sleep(READER_MS);
  const first = startMigrate(dir);
  const filled = () => Number(stack.sqlValue('SELECT count(*) FROM orders WHERE covers = 1'));
  await until('the long reader is in the way', () => /9003_price_wide: others hold locks that it needs/.test(first.out()));
  await reading;
  await reader.end();
  await until('the long table is being filled', () => /9008/.test(first.out()) && filled() > 0);
  first.child.kill('SIGKILL');
  assert.equal(await first.ended, 'SIGKILL', first.out());
  const before = filled();
  assert.ok(before < PAST, 'it was killed in the middle');

  const second = startMigrate(dir);
  assert.equal(await second.ended, 0, second.out());
  assert.doesNotMatch(second.out(), /900[1-7]/, 'what was done is not done twice');
  assert.match(second.out(), /applying migration 9008_covers\n[^]*applying migration 9009_covers\n2 applied/);
  const mark = load.answers.length;
  await until('all kinds were answered after it', () => new Set(load.answers.slice(mark).map((a) => a.what)).size === 7);
  await load.end();

  const failed = load.answers.filter((a) => a.status < 200 || a.status > 299);
  assert.deepEqual(failed.slice(0, 5), [], `${failed.length} of ${load.answers.length} failed`);
  const slow = load.answers.toSorted((a, b) => b.ms - a.ms);
  t.diagnostic(`${load.answers.length} requests; the slowest: ${slow.slice(0, 3).map((a) => `${a.what} ${a.ms} ms`).join(', ')}`);
  assert.ok(slow[0].ms <= LONGEST_MS, `${slow[0].what} waited ${slow[0].ms} ms`);

  assert.equal(stack.sqlValue('SELECT count(*) FROM orders WHERE covers IS NULL'), '0');
  assert.equal(stack.sqlValue("SELECT indisvalid FROM pg_index WHERE indexrelid = 'orders_covers'::regclass"), 't');
  assert.equal(stack.sqlValue("SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolsuper AND c.relnamespace = 'public'::regnamespace"), '0');
  assert.equal(stack.sqlValue('SELECT max(version) FROM orders WHERE covers = 1'), '1', 'filling in is no change of an order');

  assert.deepEqual(workersOf(master()), workers, 'the same workers, without a reload');
  const served = new Set();
  await until('each worker has served an order of the new shape', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(stack, '/api/orders',
      { token: asha.token, key: newKey(), body: orderOf(lineOf(items[0])), documented: false })));
    for (const answer of answers) {
      assert.equal(answer.status, 201, answer.text);
      served.add((await stack.accessLine(answer)).pid);
    }
    const shown = await get(stack, answers[0].headers.get('location'), { token: asha.token, documented: false });
    assert.equal(shown.json.covers, 2);
    return served.size === 4;
  });
});

test('a plan that fits no more is made again before anything was committed', async () => {
  const before = workersOf(master());
  stack.sql('ALTER TABLE menu_items ALTER COLUMN tax_rate_ppm TYPE bigint');
  const served = new Set();
  await until('each worker has met the change', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(stack, '/api/orders',
      { token: asha.token, key: newKey(), body: orderOf(lineOf(items[0])), documented: false })));
    for (const answer of answers) {
      assert.equal(answer.status, 201, answer.text);
      served.add((await stack.accessLine(answer)).pid);
    }
    return served.size === 4;
  });
  assert.deepEqual(workersOf(master()), before);
  assert.ok(stack.log().some((l) => l.msg === 'the schema has changed: preparing the statements again'));
  assert.ok(!stack.log().some((l) => l.msg === 'database error'));
});
