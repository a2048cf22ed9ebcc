// make bench-grow: what other restaurants' orders cost. Two systems side by side, one
// with a restaurant and its past, one with that and many others; both measured
// in turn, by the same requests.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { expectStatus, get, lineOf, orderOf, post, readMenu } from '../tests/api/lib/client.mjs';
import { buildDir, startStack } from '../tests/api/lib/stack.mjs';
import { median, partsOf, sumOf, table, whatItCosts } from './cost.mjs';
import { fill, stopFilling } from './fill.mjs';
import { runWrk, stopLoad } from './load.mjs';
import { model } from './model.mjs';
import { stopCaching } from './nginx.mjs';
import { openTable, slug } from './restaurants.mjs';
import { settle } from './rows.mjs';

const usage = `Usage: node bench/grow.mjs [OPTION]...
Measures the programs in BUILD_DIR (var/build) on a small and on a large
database and writes bench-grow.txt and bench-grow.json there.

  --restaurants N  in the large database (1000)
  --tables N       of all of them together (100000)
  --orders N       of all of them together, over a year (10000000)
  --rounds N       rounds; the median of their figures counts (3)
  --seconds S      seconds of each measurement (3)
  --quick          20 restaurants, 2000 tables, 20000 orders, 2 rounds of 1 second
  --help           print this`;

const full = { restaurants: 1000, tables: 100000, orders: 10000000, rounds: 3, seconds: 3 };
const quick = { restaurants: 20, tables: 2000, orders: 20000, rounds: 2, seconds: 1 };

function fail(message) {
  console.error(`bench: ${message}; see --help`);
  process.exit(2);
}

function readOptions() {
  const numbers = Object.keys(full);
  let given;
  try {
    given = parseArgs({ options: { quick: { type: 'boolean' }, help: { type: 'boolean' },
      ...Object.fromEntries(numbers.map((name) => [name, { type: 'string' }])) } }).values;
  } catch (error) {
    fail(error.message);
  }
  if (given.help) {
    console.log(usage);
    process.exit(0);
  }
  const chosen = Object.fromEntries(numbers.map((name) => [name, Number(given[name] ?? (given.quick ? quick : full)[name])]));
  for (const name of numbers) if (!Number.isInteger(chosen[name]) || chosen[name] < 1) fail(`--${name} takes a number`);
  if (chosen.tables < 2 * chosen.restaurants) fail('--tables: each restaurant needs two');
  return chosen;
}

const options = readOptions();
const lead = 1; // seconds under load that do not count

const settings = {
  SITE_RATE: 100000, SITE_BURST: 100000, SITE_DOOR_RATE: 100000, SITE_DOOR_BURST: 100000,
  DATABASE_POOL_MIN: 16, DATABASE_POOL_MAX: 16,
};

// ---- One system

// Everything is measured at the first restaurant, the same in both. Its
// last table has a bill of four orders, which no measurement extends. Where
// there are others, orders are placed at those too.
async function prepareRequests(system) {
  const { stack, restaurants } = system;
  const places = async (list) => {
    const all = [];
    for (const [restaurant, t] of list) all.push(await openTable(stack, restaurant, t));
    return all;
  };
  const upTo = (n) => Array.from({ length: n }, (_, i) => i + 1);
  const own = await places(upTo(Math.min(12, Math.floor(system.tables / restaurants))).map((t) => [1, t]));
  const town = await places(upTo(Math.min(200, restaurants - 1)).map((r) => [r + 1, 1]));
  const dishes = (await readMenu(stack, slug(1))).items.filter((i) => i.is_available).map((i) => lineOf(i)).filter((l) => l.customizations.length === 1);
  system.body = orderOf(...dishes.slice(0, 3));
  const guest = own.pop();
  for (let i = 0; i < 4; i++) expectStatus(await post(stack, '/api/orders', { token: guest.token, body: system.body }), 201);
  const { email, password } = stack.restaurant(model).accounts.find((a) => a.role === 'waiter');
  const staff = expectStatus(await post(stack, '/api/auth/login', { body: { restaurant: slug(1), email, password } }), 200).json;
  system.tokens = {};
  for (const [name, list] of Object.entries({ own, town: restaurants > 1 ? town : own })) {
    system.tokens[name] = join(stack.dir, `bench-tokens-${name}`);
    writeFileSync(system.tokens[name], list.map((p) => `${p.token}\n`).join(''));
  }
  system.paths = {
    menu: [`/api/r/${slug(1)}/menu`, {}],
    list: ['/api/orders?limit=50', { Authorization: `Bearer ${staff.access_token}` }],
    bill: [`/api/sessions/${guest.session.id}/bill`, { Authorization: `Bearer ${guest.token}` }],
  };
  for (const [path, headers] of Object.values(system.paths)) expectStatus(await get(stack, path, { headers, documented: false }), 200);
}

async function startSystem(name, size) {
  const stack = await startStack({ settings }), system = { name, stack, ...size };
  systems.push(system);
  const unsafe = ['fsync', 'synchronous_commit', 'full_page_writes'].filter((s) => stack.sqlValue(`SHOW ${s}`) !== 'on');
  if (unsafe.length > 0) throw new Error(`PostgreSQL is not durable: ${unsafe.join(', ')}`);
  system.parts = partsOf(stack);
  stopCaching(stack); // before any connection is kept: a reload would close it
  system.filled = await fill(stack, size);
  // One system's autovacuum must not run during the other's turn.
  stack.sql('ALTER SYSTEM SET autovacuum = off');
  stack.sql('SELECT pg_reload_conf()');
  await prepareRequests(system);
}

// ---- Measuring

let runs = 0;

async function orders(system, whose, connections, seconds) {
  runs += 1;
  return runWrk(system.stack.url, connections, seconds,
    { BENCH_TOKENS: system.tokens[whose], BENCH_BODY: JSON.stringify(system.body), BENCH_KEY: `grow-${Date.now().toString(16)}-${runs}` });
}

const ordersInAll = (stack) => Number(stack.sqlValue("SELECT coalesce(sum(last_number), 0) FROM order_counters WHERE business_date >= current_date - 1"));

const placing = (whose, connections) => async (system, seconds, before) => {
  const result = await orders(system, whose, connections, seconds);
  await settle(system.stack);
  return { ...result, placed: ordersInAll(system.stack) - before };
};

const reading = (what, connections) => (system, seconds) => {
  const [path, headers] = system.paths[what];
  return runWrk(system.stack.url + path, connections, seconds, {}, headers);
};

const measurements = [
  { name: 'order, 16 connections', run: placing('own', 16) },
  { name: 'order, 64 connections', run: placing('own', 64) },
  { name: 'order, 64, all over town', run: placing('town', 64) },
  { name: 'menu, uncached, 16', run: reading('menu', 16) },
  { name: 'list of 50 orders, 16', run: reading('list', 16) },
  { name: 'bill of 4 orders, 16', run: reading('bill', 16) },
];

async function measure(system, { run }) {
  await settle(system.stack);
  system.stack.sql('CHECKPOINT');
  await run(system, lead, ordersInAll(system.stack));
  const before = ordersInAll(system.stack);
  const [result, cpu] = await whatItCosts(system.parts, () => run(system, options.seconds, before));
  if (result.placed < result.requests) throw new Error(`${result.requests} orders were answered, ${result.placed} are in the database`);
  return { rate: result.rate, cpu: Object.fromEntries(Object.entries(cpu).map(([part, us]) => [part, us / result.requests])) };
}

// Not counted. Plans depend on what the tables hold: not what they hold before the
// first order, since a small table would be scanned as a whole for ever.
async function warmUp(system) {
  for (const m of measurements) await m.run(system, lead, 0);
  system.stack.sql('VACUUM ANALYZE');
}

async function measureAll([small, large]) {
  const all = measurements.map((m) => ({ ...m, rounds: [] }));
  for (let round = 1; round <= options.rounds; round++) {
    for (const m of all) {
      const pair = { small: await measure(small, m), large: await measure(large, m) };
      m.rounds.push(pair);
      console.log(`round ${round}/${options.rounds}  ${m.name.padEnd(26)} CPU ${(sumOf(pair.large.cpu) / sumOf(pair.small.cpu)).toFixed(2)}`);
    }
  }
  return all;
}

// ---- The report

// Ratios are medians of the rounds' ratios: both halves of a round saw the same machine.
function summarize({ name, rounds }) {
  const ratio = (get) => median(rounds.map((r) => get(r.large) / get(r.small)));
  const side = (which) => ({
    rate: median(rounds.map((r) => r[which].rate)),
    cpu_us: Object.fromEntries(Object.keys(rounds[0][which].cpu).map((part) => [part, median(rounds.map((r) => r[which].cpu[part]))])),
  });
  return { name, cpu_ratio: ratio((s) => sumOf(s.cpu)), postgres_ratio: ratio((s) => s.cpu.postgres), rate_ratio: ratio((s) => s.rate), small: side('small'), large: side('large') };
}

function report([small, large], measured) {
  const result = { made_at: new Date().toISOString(), options, small: small.filled, large: large.filled, measurements: measured.map(summarize) };
  const whole = (n) => Math.round(n).toString(), cpu = ({ cpu_us: us }) => `${whole(us.postgres)} + ${whole(sumOf(us) - us.postgres)}`;
  const size = ({ filled, restaurants, tables }) => `${restaurants} restaurants, ${tables} tables, ${filled.orders} orders, ${(filled.bytes / 1e9).toFixed(1)} GB, filled in ${whole(filled.seconds)} s`;
  const text = [
    `small: ${size(small)}`, `large: ${size(large)}`, '',
    ...table(['', 'CPU', 'PostgreSQL', 'rate', 'small, us', 'large, us', 'small/s', 'large/s'], result.measurements.map((m) =>
      [m.name, m.cpu_ratio.toFixed(2), m.postgres_ratio.toFixed(2), m.rate_ratio.toFixed(2), cpu(m.small), cpu(m.large), whole(m.small.rate), whole(m.large.rate)])),
    '', 'CPU, PostgreSQL, rate: large divided by small; us: CPU an operation, of PostgreSQL + of all else.',
    `Medians of ${options.rounds} rounds of ${options.seconds} s, both in turn; no request failed.`, ''].join('\n');
  for (const [ending, content] of [['json', `${JSON.stringify(result, null, 2)}\n`], ['txt', text]]) writeFileSync(join(buildDir, `bench-grow.${ending}`), content);
  console.log(`\n${text}\nWritten to ${join(buildDir, 'bench-grow')}.txt and .json`);
}

const systems = [];
let cleaning;

async function stopAll() {
  stopLoad();
  stopFilling();
  for (const { stack } of systems) await stack.stop();
}

const cleanUp = () => (cleaning ??= stopAll());
for (const [signal, status] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]])
  process.once(signal, () => cleanUp().finally(() => process.exit(status)));

try {
  process.env.ORDERZAP_CLUSTER_OPTIONS = ''; // the tests' fast and unsafe ones are not wanted
  const share = (n) => Math.ceil(n / options.restaurants);
  await startSystem('small', { restaurants: 1, tables: share(options.tables), orders: share(options.orders) });
  await startSystem('large', { restaurants: options.restaurants, tables: options.tables, orders: options.orders });
  for (const system of systems) await warmUp(system);
  report(systems, await measureAll(systems));
} catch (error) {
  console.error(`bench: nothing is reported: ${process.env.BENCH_DEBUG ? error.stack : error.message}`);
  process.exitCode = 1;
} finally {
  await cleanUp();
}
