// Ten thousand random changes while runs are killed and the mirror fails at
// random: at the end both sides are the same, row by row.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, expectStatus, lineOf, post, readMenu, tokenOf } from '../api/lib/client.mjs';
import { random } from '../api/lib/random.mjs';
import { patience } from '../api/lib/until.mjs';
import { startMirrored } from './lib/mirror.mjs';

const CHANGES = 10000, PER_BLOCK = 40, ROWS = 50; // of each entity that is changed in SQL

let both, stack;
before(async () => {
  both = await startMirrored();
  ({ stack } = both);
  await both.fresh();
});
after(() => both?.stop());

// One random change of one of ROWS rows of each kind, in either restaurant, in
// a transaction that now and then is rolled back. pg_temp.change(n).
const functions = `
  SET orderzap.mirror = on;
  SELECT setseed(:seed);
  CREATE FUNCTION pg_temp.pick(kind text, n integer) RETURNS uuid LANGUAGE sql AS $$ SELECT md5('random ' || kind || n)::uuid $$;
  CREATE FUNCTION pg_temp.home(n integer) RETURNS uuid LANGUAGE sql AS $$
    SELECT r.id FROM restaurants r ORDER BY r.id OFFSET n % 2 LIMIT 1 $$;
  CREATE FUNCTION pg_temp.change_row(kind integer, n integer, roll integer) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    CASE kind
    WHEN 0 THEN
      INSERT INTO tables (restaurant_id, id, name, seats) VALUES (pg_temp.home(n), pg_temp.pick('table', n), 'random ' || n, 1 + roll % 9)
      ON CONFLICT (restaurant_id, id) DO UPDATE SET seats = excluded.seats, deleted_at = CASE WHEN roll % 5 = 0 THEN now() END,
        zone = CASE WHEN roll % 3 = 0 THEN 'zone ' || roll END;
    WHEN 1 THEN
      INSERT INTO menu_categories (restaurant_id, id, name) VALUES (pg_temp.home(n), pg_temp.pick('category', n), 'random ' || n)
      ON CONFLICT (restaurant_id, id) DO UPDATE SET position = roll, deleted_at = CASE WHEN roll % 5 = 0 THEN now() END;
    WHEN 2 THEN
      INSERT INTO menu_items (restaurant_id, id, category_id, name, price)
      SELECT c.restaurant_id, pg_temp.pick('item', n), c.id, 'random ' || n, roll
      FROM menu_categories c WHERE c.restaurant_id = pg_temp.home(n) ORDER BY c.id LIMIT 1
      ON CONFLICT (restaurant_id, id) DO UPDATE SET price = excluded.price, is_available = roll % 2 = 0,
        deleted_at = CASE WHEN roll % 6 = 0 THEN now() END;
    WHEN 3 THEN
      UPDATE orders SET status = CASE status WHEN 'pending' THEN 'confirmed' WHEN 'confirmed' THEN 'preparing' WHEN 'preparing' THEN 'ready'
          WHEN 'ready' THEN 'served' ELSE status END,
        deleted_at = CASE WHEN roll % 9 = 0 THEN now() END
      WHERE (restaurant_id, id) = (SELECT o.restaurant_id, o.id FROM orders o ORDER BY md5(o.id::text || roll) LIMIT 1);
    WHEN 4 THEN
      UPDATE sessions SET expires_at = now() + make_interval(mins => roll)
      WHERE (restaurant_id, id) = (SELECT s.restaurant_id, s.id FROM sessions s ORDER BY md5(s.id::text || roll) LIMIT 1);
    END CASE;
  END $$;
  CREATE PROCEDURE pg_temp.change(how_many integer) LANGUAGE plpgsql AS $$
  DECLARE kind integer; n integer; roll integer;
  BEGIN
    FOR i IN 1..how_many LOOP
      kind := floor(random() * 5); n := floor(random() * ${ROWS}); roll := floor(random() * 1000);
      PERFORM pg_temp.change_row(kind, n, roll);
      IF roll % 10 = 9 THEN ROLLBACK; ELSIF roll % 10 < 7 THEN COMMIT; END IF; -- else with the next one
    END LOOP;
    COMMIT;
  END $$;`;

/** A psql that makes changes, block by block: change() and end(). */
function changer(seed) {
  const child = spawn('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-v', `seed=${seed}`, '-d', stack.database_url], { stdio: ['pipe', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (text) => (errors += text));
  const ended = new Promise((done) => child.on('close', done));
  let heard = () => {};
  child.stdout.on('data', (text) => String(text).includes('done') && heard());
  child.stdin.write(functions);
  return {
    change: () => Promise.race([
      new Promise((done) => {
        heard = done;
        child.stdin.write(`CALL pg_temp.change(${PER_BLOCK});\n\\echo done\n`);
      }),
      ended.then(() => Promise.reject(new Error(`psql: ${errors}`))),
    ]),
    async end() {
      child.stdin.end();
      assert.equal(await ended, 0, errors);
    },
  };
}

/** Sessions and orders for a start, through the API; more orders later. */
async function guests() {
  const menu = {}, tokens = {};
  for (const slug of ['spice-garden', 'caffe-lungarno']) {
    tokens[slug] = await tokenOf(stack, 'waiter', slug);
    menu[slug] = (await readMenu(stack, slug)).items.filter((i) => i.is_available);
    for (const { id } of stack.restaurant(slug).tables.slice(0, 4)) expectStatus(await post(stack, `/api/tables/${id}/session`, { token: tokens[slug] }), 201);
  }
  return async (r) => {
    const slug = r.from(Object.keys(menu));
    const lines = Array.from({ length: 1 + r.below(3) }, () => lineOf(r.from(menu[slug]), 1 + r.below(3)));
    const { id } = expectStatus(await post(stack, '/api/orders', { token: tokens[slug], body: { order_type: 'takeaway', items: lines } }), 201).json;
    if (r.below(3) === 0) await call(stack, 'PUT', `/api/orders/${id}`, { token: tokens[slug], body: { status: 'confirmed' } });
    if (r.below(4) === 0) await post(stack, '/api/payments', { token: tokens[slug], body: { order_id: id, amount: 100, method: 'cash' } });
  };
}

const faults = [{ kind: 'status', status: 503 }, { kind: 'status', status: 429 }, { kind: 'drop_before' }, { kind: 'drop_after' }, { kind: 'drop_after', times: 2 },
  { kind: 'delay', ms: 300 }, { kind: 'hang' }, { kind: 'status', status: 200, body: { status: 'error', errorMessage: 'Server Error', logLines: [] } },
  { kind: 'status', status: 404 }, { kind: 'status', status: 200, body: 'nonsense' }];

/** Starts runs and kills them at random moments, until stopped: how many there were. */
function startKilling(r, is) {
  const counts = { runs: 0, kills: 0, faults: 0 };
  counts.ended = (async () => {
    while (is.changing) {
      const run = both.start(['--for', '5', '--quiet'], { CONVEX_TIMEOUT_MS: 500 });
      counts.runs += 1;
      for (let i = r.below(3); i > 0; i--) {
        await both.fault(r.from(faults));
        counts.faults += 1;
      }
      await Promise.race([sleep(50 + r.below(900)), run.ended]);
      counts.kills += run.child.exitCode === null;
      run.child.kill('SIGKILL');
      await run.ended;
      if (r.below(2) === 0) both.due(); // time passes
    }
  })();
  return counts;
}

test(`${CHANGES} changes, runs killed, the mirror failing: both sides are the same`, async (t) => {
  const r = random(t), is = { changing: true };
  const place = await guests();
  const sql = changer(r.below(1000) / 1000);
  const counts = startKilling(r, is);
  try {
    for (let done = 0; done < CHANGES; done += PER_BLOCK) {
      await sql.change();
      if (done % (PER_BLOCK * 5) === 0) await place(r);
      await sleep(60); // so that runs come in between
    }
    await sql.end();
  } finally {
    is.changing = false;
    await counts.ended;
  }
  await both.alone();
  let last; // faults that are left are met here
  for (let i = 0; i < 40 && last !== 0; i++) {
    both.due();
    last = (await both.sync(['--once'], { CONVEX_TIMEOUT_MS: 500 * patience })).status;
  }
  assert.equal(last, 0);
  assert.equal(stack.sqlValue("SELECT count(*) FROM sync_logs WHERE convex_sync_status <> 'synced'"), '0');
  const rows = await both.same();
  t.diagnostic(`${counts.runs} runs, ${counts.kills} killed, ${counts.faults} faults, ${rows} rows, ${(await both.stats()).calls} calls`);
  assert.ok(rows > 100 && rows < 900, `${rows} rows`);
  assert.ok(counts.kills >= 10, `${counts.kills} killed`);
  assert.equal((await both.synced(0, ['--verify'])).stdout, 'missing there: 0, out of date: 0, too many: 0, newer there than here: 0\n');
});
