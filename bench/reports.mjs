// make bench-reports: what a report of a year costs, before its days are closed and after. One
// restaurant with a year of orders, each way to cut sales: read from the documents, by today's statement and by the
// ones that there were before days could be closed; then, with each day closed in its turn, by the API.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { expectStatus, post } from '../tests/api/lib/client.mjs';
import { exchange } from '../tests/api/lib/exchange.mjs';
import { sqlSession } from '../tests/api/lib/sql.mjs';
import { buildDir, root, startStack } from '../tests/api/lib/stack.mjs';
import { median, table } from './cost.mjs';
import { fill, stopFilling } from './fill.mjs';
import { model } from './model.mjs';
import { restaurantId, slug } from './restaurants.mjs';

const usage = `Usage: node bench/reports.mjs [OPTION]...
Measures the programs in BUILD_DIR (var/build) on a restaurant with a year of orders and writes
bench-reports.txt and bench-reports.json there.

  --orders N     of the year (1000000)
  --requests N   of each report, as JSON and as CSV (20)
  --quick        20000 orders, 5 requests
  --help         print this`;

const limit = 300; // milliseconds that a report of a year may take
const ways = ['day', 'hour', 'item', 'category', 'method', 'tax_rate', 'staff', 'table', 'order_type', 'reason'];
const old = ['day', 'hour', 'item', 'method'];

function readOptions() {
  const { values } = parseArgs({ options: { orders: { type: 'string' }, requests: { type: 'string' }, quick: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  const number = (name, full, quick) => Number(values[name] ?? (values.quick ? quick : full));
  const options = { orders: number('orders', 1000000, 20000), requests: number('requests', 20, 5) };
  if (!Object.values(options).every((n) => Number.isInteger(n) && n > 0)) throw new Error('--orders and --requests take a number; see --help');
  return options;
}

const options = readOptions();
const restaurant = restaurantId(1);
const statement = (file) => readFileSync(file, 'utf8').replace(/^(--.*\n)+/, '');
const since = async (run) => {
  const began = performance.now(), result = await run();
  return [performance.now() - began, result];
};

// ---- Statements, as a worker runs them: its role with its settings and row-level security, prepared

const workerSession = (stack) => sqlSession(stack.database_url.replace('postgres@', 'orderzap_app@'));
const today = statement(join(root, 'sql/statements/restaurant/sales_report.sql'));
const asItWas = Object.fromEntries(old.map((by) => [by, statement(join(root, `bench/reports/sales_by_${by}.sql`))]));

/** {ms, total}: the row of the sums, as text. The session begins as new each time, so it prepares again. */
async function timeStatement(session, text, types, args) {
  const sql = `SET statement_timeout = 0; PREPARE report (${types}) AS ${text};
    BEGIN READ ONLY; SET LOCAL orderzap.restaurant_id = '${restaurant}'; EXECUTE report (${args.map((a) => `'${a}'`)}); COMMIT`;
  const [ms, rows] = await since(() => session.run(sql));
  return { ms, total: rows.at(-1) };
}

// ---- The API

const signIn = async (stack) => {
  const { email, password } = stack.restaurant(model).accounts.find((a) => a.role === 'manager');
  return expectStatus(await post(stack, '/api/auth/login', { body: { restaurant: slug(1), email, password } }), 200).json.access_token;
};

/** {p50, max, bytes, totals} of some requests, after one that does not count. */
async function timeReport(stack, token, by, accept, [from, to]) {
  const url = `${stack.url}/api/reports/sales?from=${from}&to=${to}&by=${by}`, times = [];
  let answer;
  for (let n = 0; n <= options.requests; n++) {
    const [ms, got] = await since(() => exchange(url, { headers: { Authorization: `Bearer ${token}`, Accept: accept } }));
    if (got.status !== 200) throw new Error(`a report by ${by} was answered ${got.status}: ${got.bytes}`);
    answer = got;
    if (n > 0) times.push(ms);
  }
  return { p50: median(times), max: Math.max(...times), bytes: answer.bytes.length, totals: accept === 'text/csv' ? undefined : JSON.parse(answer.bytes).totals };
}

async function timeReports(stack, period) {
  const token = await signIn(stack), measured = {};
  for (const by of ways)
    measured[by] = { json: await timeReport(stack, token, by, 'application/json', period), csv: await timeReport(stack, token, by, 'text/csv', period) };
  return measured;
}

/** Closes the days of a list by the API: milliseconds of each. */
async function closeDays(stack, days) {
  const token = await signIn(stack), times = [];
  for (const day of days) {
    const [ms, answer] = await since(() => exchange(`${stack.url}/api/business-days/${day}/close`, { method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }, body: '{}' }));
    if (answer.status !== 201) throw new Error(`${day} was not closed: ${answer.status} ${answer.bytes}`);
    times.push(ms);
  }
  return times;
}

// ---- The run

/** Both readings of the same documents have the same totals. */
function expectSame(before, after) {
  for (const by of ways)
    for (const [name, value] of Object.entries(after[by].json.totals))
      if (value !== after.day.json.totals[name] && name !== 'orders') throw new Error(`by ${by}, ${name} is ${value}, by day ${after.day.json.totals[name]}`);
  const columns = Object.values(after.day.json.totals).map(String);
  if (before.day.total.slice(-columns.length).join() !== columns.join())
    throw new Error(`closed days say ${columns}, their documents ${before.day.total}`);
}

async function measureOpen(stack, period) {
  const session = workerSession(stack), open = {}, was = {};
  for (const by of ways) {
    open[by] = await timeStatement(session, today, 'uuid, date, date, text', [restaurant, ...period, by]);
    if (old.includes(by)) was[by] = await timeStatement(session, asItWas[by], 'uuid, date, date', [restaurant, ...period]);
    console.log(`open days, by ${by.padEnd(10)} ${Math.round(open[by].ms)} ms${was[by] ? `, as it was ${Math.round(was[by].ms)} ms` : ''}`);
  }
  session.end();
  return { open, was };
}

async function measure(stack) {
  const days = stack.sql(`SELECT DISTINCT business_date FROM orders WHERE restaurant_id = '${restaurant}' ORDER BY 1`).flat();
  const period = [days[0], days.at(-1)];
  const { open, was } = await measureOpen(stack, period);
  const closes = await closeDays(stack, days.slice(0, -1));
  stack.sql('VACUUM ANALYZE');
  const lastOpen = await timeReports(stack, period);
  closes.push(...await closeDays(stack, days.slice(-1)));
  const closed = await timeReports(stack, period);
  expectSame(open, closed);
  expectSame(open, lastOpen);
  const count = (name) => Number(stack.sqlValue(`SELECT count(*) FROM ${name} WHERE restaurant_id = '${restaurant}'`));
  const rows = Object.fromEntries(['orders', 'order_items', 'payments', 'order_adjustments', 'refunds', 'day_sales'].map((name) => [name, count(name)]));
  return { days: days.length, rows, open, was, closes: { p50: median(closes), max: Math.max(...closes) }, lastOpen, closed };
}

function report(filled, m) {
  const whole = (ms) => (ms >= 10 ? Math.round(ms) : ms.toFixed(1)).toString(), times = (ratio) => `${ratio >= 10 ? Math.round(ratio) : ratio.toFixed(1)}`;
  const slowest = Math.max(...ways.flatMap((by) => [m.closed[by].json.max, m.closed[by].csv.max, m.lastOpen[by].json.max, m.lastOpen[by].csv.max]));
  const text = [
    `${m.days} days: ${Object.entries(m.rows).map(([name, n]) => `${n} ${name}`).join(', ')}; filled in ${whole(filled.seconds)} s, ${(filled.bytes / 1e9).toFixed(1)} GB`,
    `closing a day: median ${whole(m.closes.p50)} ms, longest ${whole(m.closes.max)} ms`, '',
    ...table(['by', 'as it was', 'open', 'last day open', 'closed', 'max', 'CSV', 'max', 'of 300 ms', 'open/closed'], ways.map((by) => [by,
      m.was[by] ? whole(m.was[by].ms) : '-', whole(m.open[by].ms), whole(m.lastOpen[by].json.p50), whole(m.closed[by].json.p50), whole(m.closed[by].json.max),
      whole(m.closed[by].csv.p50), whole(m.closed[by].csv.max), (m.closed[by].json.p50 / limit).toFixed(2), times(m.open[by].ms / m.closed[by].json.p50)])), '',
    'Milliseconds of a report of the whole year. As it was, open: the statement alone, once. Others: requests through nginx over TLS,',
    `medians and longest of ${options.requests}, as JSON and as CSV. The longest of all of them took ${whole(slowest)} ms.`, ''].join('\n');
  const strip = (all) => Object.fromEntries(Object.entries(all).map(([by, { ms }]) => [by, ms]));
  writeFileSync(join(buildDir, 'bench-reports.json'), `${JSON.stringify({ made_at: new Date().toISOString(), options, filled, ...m, open: strip(m.open), was: strip(m.was) }, null, 2)}\n`);
  writeFileSync(join(buildDir, 'bench-reports.txt'), text);
  console.log(`\n${text}\nWritten to ${join(buildDir, 'bench-reports')}.txt and .json`);
  if (slowest > limit) throw new Error(`a report took ${whole(slowest)} ms, more than ${limit}`);
}

let starting, cleaning;
async function stopAll() {
  stopFilling();
  const stack = await starting?.catch(() => undefined);
  await stack?.stop();
}
const cleanUp = () => (cleaning ??= stopAll());
for (const [signal, status] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]])
  process.once(signal, () => cleanUp().finally(() => process.exit(status)));

try {
  process.env.ORDERZAP_CLUSTER_OPTIONS = ''; // the tests' fast and unsafe ones are not wanted
  starting = startStack({ settings: { SITE_RATE: 100000, SITE_BURST: 100000, SITE_DOOR_RATE: 100000, SITE_DOOR_BURST: 100000, DATABASE_TIMEOUT_MS: 60000 } });
  const stack = await starting;
  const filled = await fill(stack, { restaurants: 1, tables: 100, orders: options.orders, large: true });
  report(filled, await measure(stack));
} catch (error) {
  console.error(`bench: ${process.env.BENCH_DEBUG ? error.stack : error.message}`);
  process.exitCode = 1;
} finally {
  await cleanUp();
}
