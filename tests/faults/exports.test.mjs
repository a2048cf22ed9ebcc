// Long exports: the memory and the time that they take, readers that are slow or leave, and what a
// client sees when the database or the worker dies in the middle.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import http2 from 'node:http2';
import https from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { expectProblem, expectStatus, get, tokenOf } from '../api/lib/client.mjs';
import { documentsOf, expectSums } from '../api/lib/exports.mjs';
import { figuresOf } from '../api/lib/exposition.mjs';
import { hold } from '../api/lib/hold.mjs';
import { isSanitized } from '../api/lib/paths.mjs';
import { workersOf } from '../api/lib/processes.mjs';
import { startStack } from '../api/lib/stack.mjs';
import { patience, until } from '../api/lib/until.mjs';

const ORDERS = 12000, WORKERS = 2; // as many orders as payments
const FROM = '2025-01-01', TO = '2025-01-31', route = '/api/exports/documents';
const path = `${route}?from=${FROM}&to=${TO}`;

let stack, token, house;
before(async () => {
  stack = await startStack({ settings: { DATABASE_POOL_MIN: WORKERS, DATABASE_POOL_MAX: WORKERS, LOGIN_WORKERS: WORKERS, DATABASE_TIMEOUT_MS: 10000, REQUEST_MAX_AGE_MS: 30000 } });
  token = await tokenOf(stack, 'manager');
  house = stack.restaurant().id;
  stack.sql(`SET session_replication_role = replica;
    CREATE TEMPORARY TABLE made AS SELECT n, gen_random_uuid() AS id, '${FROM}'::date + n % 31 AS day, '${FROM}'::date + n % 31 + interval '12 hours' + n * interval '1 s' AS at FROM generate_series(1, ${ORDERS}) n;
    INSERT INTO orders (restaurant_id, id, business_date, order_number, order_type, status, currency, prices_include_tax, subtotal, tax_amount, taxes, total_amount, created_at)
      SELECT '${house}', id, day, n, 'takeaway', 'completed', 'INR', false, 100, 5, '[{"rate_ppm": 50000, "taxable": 100, "amount": 5}]', 105, at FROM made;
    INSERT INTO order_items (restaurant_id, id, order_id, position, menu_item_id, name, price, customization_amount, quantity, subtotal, tax_rate_ppm)
      SELECT '${house}', gen_random_uuid(), m.id, k, (SELECT id FROM menu_items WHERE restaurant_id = '${house}' ORDER BY id LIMIT 1), 'A dish with a name', 50, 0, 1, 50, 50000 FROM made m, generate_series(1, 2) k;
    INSERT INTO payments (restaurant_id, id, business_date, order_id, amount, currency, method, created_at)
      SELECT '${house}', gen_random_uuid(), day, id, 105, 'INR', 'cash', at FROM made;
    ANALYZE`);
});
after(() => stack?.stop());

const master = () => Number(readFileSync(join(stack.dir, 'run/orderzapd.pid'), 'utf8'));

const ADDRESS = '127.0.0.1'; // all clients come from here: localhost may also be ::1

/** A request over a connection of its own, read as the caller likes: {response, first(), rest(), leave()}; rest() fails if the answer is cut short. */
function open({ accept } = {}) {
  return new Promise((done, failed) => {
    const request = https.request(stack.url + path, { agent: false, family: 4, localAddress: ADDRESS, headers: { Authorization: `Bearer ${token}`, ...(accept && { Accept: accept }) }, rejectUnauthorized: false }, (response) => {
      response.pause();
      done({ response,
        first: () => new Promise((got) => { response.once('data', (part) => { response.pause(); got(part); }); response.resume(); }),
        rest: async () => {
          const parts = [];
          for await (const part of response) parts.push(part);
          return Buffer.concat(parts).toString();
        },
        leave: () => request.destroy() });
    });
    request.on('error', failed);
    request.end();
  });
}

const accessLines = () => stack.log().filter((l) => l.msg === 'access' && l.route === route);
const highest = (pid) => Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);

test(`${2 * ORDERS} documents: in little memory, in time, counted once, their sums the report's`, async () => {
  const small = `${route}?from=2001-01-01&to=2001-01-31`;
  for (let i = 0; i < 4 * WORKERS; i++) expectStatus(await get(stack, small, { token }), 200);
  const workers = workersOf(master()), before = new Map(workers.map((pid) => [pid, highest(pid)]));
  const counted = async () => figuresOf((await get(stack, '/metrics')).text).counts('orderzap_http_requests_total')[`orderzap_http_requests_total{method="GET",route="${route}",status="200"}`];
  const count = await counted(), start = Date.now();
  const { lines, csv, documents } = await expectSums(stack, token, FROM, TO);
  assert.equal(documents.length, 2 * ORDERS);
  assert.ok(lines.text.length > 10e6 && csv.text.length > 3e6, `${lines.text.length} ${csv.text.length}`);
  assert.equal(await counted(), count + 2);
  for (const answer of [lines, csv]) {
    const line = await stack.accessLine(answer);
    assert.deepEqual([line.status, line.sent], [200, 1]);
    assert.ok(line.database_us > 100000 && line.database_us < line.duration_us && line.duration_us < 30e6 * patience, JSON.stringify(line));
    assert.ok(line.duration_us / 1000 < Date.now() - start);
  }
  assert.deepEqual(workersOf(master()), workers, 'none died');
  if (!isSanitized()) // such a build keeps what was freed
    for (const pid of workers) assert.ok(highest(pid) - before.get(pid) < 4096, `worker ${pid}: ${before.get(pid)} KiB before, ${highest(pid)} KiB`);
});

test('all of it is of one moment', async () => {
  let on = true, n = 0;
  const writing = (async () => {
    const held = await hold(stack, 'SELECT 1');
    while (on) { // one on the first day and one on the last, together
      n++;
      await held.run(`COMMIT; BEGIN; SET LOCAL session_replication_role = replica;
        INSERT INTO payments (restaurant_id, id, business_date, session_id, amount, currency, method, created_at)
          SELECT '${house}', gen_random_uuid(), day, gen_random_uuid(), ${7_000_000 + n}, 'INR', 'other', clock_timestamp() FROM unnest('{${FROM},${TO}}'::date[]) day; COMMIT; BEGIN`);
    }
    await held.end();
  })();
  const seen = [];
  for (let i = 0; i < 3; i++) {
    await until('more was written', () => n > (seen.at(-1) ?? 0) + 5);
    const { rest } = await open();
    const amounts = documentsOf(await rest()).filter((d) => d.method === 'other').map((d) => d.paid - 7_000_000), last = Math.max(...amounts);
    assert.deepEqual(amounts, [...Array.from({ length: last }, (_, k) => k + 1), ...Array.from({ length: last }, (_, k) => k + 1)]);
    seen.push(last);
  }
  on = false;
  await writing;
  assert.ok(n > seen.at(-1), 'more was written meanwhile');
  stack.sql(`SET session_replication_role = replica; DELETE FROM payments WHERE method = 'other' AND restaurant_id = '${house}'`);
});

// ---- Cut short

const backend = () => stack.sqlValue(`SELECT pid FROM pg_stat_activity WHERE application_name = 'orderzapd' AND query LIKE '%export_document%' AND state IN ('active', 'idle in transaction') AND xact_start < now()`);

/** Kills what makes an export, once the client has some of it. */
const killers = {
  'the database\'s process': async () => stack.sql(`SELECT pg_terminate_backend(${await until('a backend at work', backend)})`),
  'the worker': async () => {
    await until('a backend at work', backend);
    for (const pid of workersOf(master())) process.kill(pid, 'SIGKILL'); // whichever it is
  },
};

/** Whoever died has a successor, whose statements are prepared. */
const settle = () => until('the workers are back', async () => {
  const answers = await Promise.all(Array.from({ length: 4 * WORKERS }, () => get(stack, '/api/orders', { token })));
  const ready = Number(stack.sqlValue("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'orderzapd' AND state = 'idle'"));
  return answers.every((a) => a.status === 200) && workersOf(master()).length === 2 * WORKERS && ready >= 2 * WORKERS; // those for sign-ins, too
}, 60000);

for (const [what, kill] of Object.entries(killers)) {
  for (const accept of ['application/x-ndjson', 'text/csv']) {
    test(`${what} dies in the middle: the client of HTTP/1.1 sees that ${accept} broke off`, async () => {
      const asked = await open({ accept });
      assert.equal(asked.response.statusCode, 200);
      await asked.first();
      await kill();
      await assert.rejects(asked.rest(), (error) => error.code === 'ECONNRESET');
      await settle();
    });
  }

  test(`${what} dies in the middle: the client of HTTP/2 sees its stream reset`, async () => {
    const client = http2.connect(stack.url, { rejectUnauthorized: false });
    const stream = client.request({ ':path': path, authorization: `Bearer ${token}` });
    let text = '', ended = false;
    const over = new Promise((done) => { stream.on('error', done).on('end', () => { ended = true; }).on('close', () => done(null)); });
    stream.setEncoding('utf8');
    await new Promise((got) => { stream.once('data', (part) => { text += part; got(); }); });
    await kill();
    stream.on('data', (part) => { text += part; });
    const error = await over;
    client.close();
    assert.ok(error !== null || stream.rstCode !== 0, `ended: ${ended}`);
    assert.ok(!text.includes('{"type":"end"'));
    await settle();
  });
}

test('what broke off is counted and logged as such, and the next one is whole', async () => {
  await until('its access line', () => accessLines().filter((l) => l.status === 503 && l.sent === 0).length === 3);
  assert.equal(stack.log().filter((l) => l.msg === 'an answer broke off' && l.code === 'database_unavailable').length, 3);
  const figures = figuresOf((await get(stack, '/metrics')).text);
  assert.equal(figures.sum('orderzap_http_requests_total', { route, status: '503' }), 3);
  assert.equal(documentsOf(await (await open()).rest()).length, 2 * ORDERS);
});

test('an error before the first byte is answered as any other', async () => {
  const held = await hold(stack, 'LOCK TABLE refunds IN ACCESS EXCLUSIVE MODE');
  const answer = await get(stack, path, { token, headers: { Accept: 'text/csv' } });
  await held.end();
  expectProblem(answer, 503, 'busy');
  assert.equal(answer.headers.get('content-disposition'), null);
});

// ---- Readers

test('a reader that hardly reads holds no worker, and gets all of it later', async () => {
  const n = accessLines().length;
  const slow = await Promise.all(Array.from({ length: WORKERS + 1 }, () => open()));
  await Promise.all(slow.map((asked) => asked.first()));
  let last = Date.now();
  await until('the workers are done', async () => {
    if (Date.now() - last > 5000) { // nginx lets go of one that reads nothing for 15 seconds
      last = Date.now();
      await Promise.all(slow.map((asked) => asked.first()));
    }
    return accessLines().length === n + slow.length;
  }, 60000);
  assert.ok(accessLines().slice(n).every((l) => l.sent === 1 && l.status === 200));
  for (const asked of slow) assert.ok((await asked.rest()).endsWith(`{"type":"end","documents":${2 * ORDERS}}\n`));
});

test('a reader that leaves is not written for any further', async () => {
  const n = accessLines().length, asked = await open();
  await asked.first();
  asked.leave();
  const line = await until('its access line', () => accessLines()[n], 20000);
  assert.equal(line.sent, 0);
  assert.equal(stack.sqlValue("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'orderzapd' AND state LIKE 'idle in transaction%'"), '0');
  expectStatus(await get(stack, '/api/orders', { token }), 200);
});

test('an address has four at a time', async () => {
  const slow = [];
  for (let i = 0; i < 4; i++) slow.push(await open());
  expectProblem(await get(stack, path, { token, from: ADDRESS }), 429, 'rate_limited');
  expectStatus(await get(stack, `${route}?from=2001-01-01&to=2001-01-01`, { token, from: '127.0.0.2' }), 200);
  for (const asked of slow) asked.leave();
  await until('there is room again', async () => (await get(stack, `${route}?from=2001-01-01&to=2001-01-01`, { token })).status === 200);
});
