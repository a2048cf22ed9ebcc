// make bench-peers: the product compared with what people would otherwise write, Express
// and PHP-FPM, on the same PostgreSQL and by the same requests.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildDir, startStack } from '../tests/api/lib/stack.mjs';
import { median, partsOf, sumOf, table } from './cost.mjs';
import { stopLoad } from './load.mjs';
import { measureMenu } from './menu.mjs';
import { stopCaching } from './nginx.mjs';
import { options, settings } from './options.mjs';
import { measureOrders, prepareOrders } from './orders.mjs';
import { checkSame, elsewhere } from './peers/same.mjs';
import { fpm, startExpress, startPhp, stopPeers } from './peers/start.mjs';
import { machine } from './report.mjs';
import { addRestaurants, openPlaces } from './restaurants.mjs';
import { checkNumbers } from './rows.mjs';

const usage = `Usage: node bench/peers.mjs [OPTION]...
Measures the programs in BUILD_DIR (var/build) beside Express and PHP-FPM and
writes bench-peers.txt and bench-peers.json there.

  --rounds N    rounds; the median of their figures counts (5)
  --seconds S   seconds of each measurement (5)
  --quick       2 rounds of 2 seconds: does it work?
  --only TEXT   the measurements with TEXT in their name
  --help        print this`;

const town = { first: 1, restaurants: 100, tables: 4 };

const orders = (connections) => (side) => measureOrders(side, town, connections);
const menu = (connections) => (side) => measureMenu(side, side.menu, connections);

const measurements = [
  { name: 'order, 16 connections', goals: { Express: 8, 'PHP-FPM': 5 }, run: orders(16) },
  { name: 'order, 64 connections', goals: { Express: 8, 'PHP-FPM': 5 }, run: orders(64) },
  { name: 'menu, uncached, 16', goals: { Express: 8 }, run: menu(16) },
].filter((m) => m.name.includes(options.only)).map((m) => ({ ...m, rounds: [] }));

// ---- Preparing

function missing() {
  const works = (program, ...args) => {
    try {
      return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    } catch (error) {
      return error.code === 'ENOENT' ? undefined : error.stdout;
    }
  };
  process.env.PATH += ':/usr/sbin';
  const modules = fpm && works(fpm, '-m');
  return [
    works('wrk', '-v') === undefined && 'wrk (Debian package wrk)',
    works('npm', '--version') === undefined && 'npm (Debian package npm)',
    modules === undefined && 'PHP-FPM (Debian package php-fpm)',
    !modules?.includes('pdo_pgsql') && 'pdo_pgsql of PHP (Debian package php-pgsql)',
  ].filter(Boolean);
}

// What the measuring functions take: a system, seen through one of the addresses.
const sideOf = (stack, postgres, { name, url, groups }, order) => ({
  name, url, order, stack: { ...stack, url }, groups: { postgres, ...groups },
  menu: { url: `${url}/api/r/bench-1/menu`, headers: {}, status: 200 },
});

async function prepare(stack) {
  const unsafe = ['fsync', 'synchronous_commit', 'full_page_writes'].filter((name) => stack.sqlValue(`SHOW ${name}`) !== 'on');
  if (unsafe.length > 0) throw new Error(`PostgreSQL is not durable: ${unsafe.join(', ')}`);
  console.log('Preparing restaurants, sessions, Express and PHP-FPM');
  const { postgres, orderzapd: program, nginx } = partsOf(stack);
  stopCaching(stack); // before any connection is kept
  addRestaurants(stack, [town]);
  await openPlaces(stack, [town]);
  const order = await prepareOrders(stack, [town]);
  for (const start of [startExpress, startPhp]) peers.push(await start(stack));
  const sides = [{ name: 'product', url: stack.url, groups: { program, nginx } }, ...peers].map((side) => sideOf(stack, postgres, side, order));
  const rows = await checkSame(stack, sides, [{ token: town.places[0].token, body: order }, await elsewhere(stack)]);
  for (const side of sides) {
    side.limit = { rows }; // of an order, which measureOrders() compares
    side.menu.size = (await (await fetch(side.menu.url, { headers: { 'Accept-Encoding': 'identity' } })).arrayBuffer()).byteLength;
  }
  return sides;
}

// ---- Measuring

// Not counted: what is slow the first time, and statistics for the planner.
async function warmUp(stack, sides) {
  console.log('Warming up');
  for (const side of sides) for (const m of measurements) await m.run(side);
  stack.sql('VACUUM ANALYZE');
}

async function measureAll(sides) {
  for (let round = 1; round <= options.rounds; round++) {
    for (const m of measurements) {
      const measured = {};
      for (const side of sides) measured[side.name] = await m.run(side);
      m.rounds.push(measured);
      console.log(`round ${round}/${options.rounds}  ${m.name.padEnd(22)} ${sides.map(({ name }) => `${name} ${Math.round(measured[name].rate)}/s`).join(', ')}`);
    }
  }
}

// ---- The report

function mediansOf(rounds, name) {
  const of = (get) => median(rounds.map((r) => get(r[name])));
  return { rate: of((r) => r.rate), p50_ms: of((r) => r.p50), p99_ms: of((r) => r.p99),
    cpu_us: Object.fromEntries(Object.keys(rounds[0][name].cpu).map((part) => [part, of((r) => r.cpu[part])])) };
}

// Ratios are medians of the rounds' ratios: all of a round saw the same machine.
function summarize({ name, goals, rounds }) {
  const sides = Object.keys(rounds[0]), others = sides.filter((side) => side !== 'product');
  return {
    name, goals,
    ratios: Object.fromEntries(others.map((peer) => [peer, median(rounds.map((r) => r.product.rate / r[peer].rate))])),
    sides: Object.fromEntries(sides.map((side) => [side, mediansOf(rounds, side)])),
    rounds,
  };
}

const whole = (n) => Math.round(n).toString();

function toText({ measurements: all, machine: m, rows_per_order: rows }) {
  const names = Object.keys(all[0].sides), others = names.slice(1);
  return [
    ...table(['requests a second', ...names, ...others.flatMap((peer) => [`product / ${peer}`, 'goal'])], all.map((r) =>
      [r.name, ...names.map((name) => whole(r.sides[name].rate)),
        ...others.flatMap((peer) => [r.ratios[peer].toFixed(1), r.goals[peer] ?? '-'])])),
    '',
    ...table(['p50 / p99 ms', ...names], all.map((r) =>
      [r.name, ...names.map((name) => `${r.sides[name].p50_ms.toFixed(1)} / ${r.sides[name].p99_ms.toFixed(1)}`)])),
    '',
    ...table(['CPU, us a request', ...names], all.flatMap((r) => [[r.name, ...names.map((name) => whole(sumOf(r.sides[name].cpu_us)))],
      ...['postgres', 'program', 'nginx'].map((part) => [`  ${part}`, ...names.map((name) => whole(r.sides[name].cpu_us[part]))])])),
    '',
    `Medians of ${options.rounds} rounds of ${options.seconds} s, all in turn; no request failed, and an order's rows are the same.`,
    'Orders: three lines, three customizations, a key each, over 400 tables of 100 restaurants. Each has 16',
    'connections to PostgreSQL and an nginx of its own; the load generator shares the machine.',
    `Rows an order: ${Object.entries(rows).map(([t, n]) => `${t} ${n}`).join(', ')}.`,
    `${m.processor}, ${m.cores} cores, ${m.memory_mib} MiB; Linux ${m.kernel}, PostgreSQL ${m.postgresql}, ${m.nginx}, ${m.orderzap};`,
    `${m.peers.join('; ')}.`, '',
  ].join('\n');
}

function report(stack, sides) {
  checkNumbers(stack);
  const result = {
    made_at: new Date().toISOString(),
    options: { rounds: options.rounds, seconds: options.seconds },
    settings,
    machine: { ...machine({ stack }), peers: peers.map((peer) => peer.version) },
    units: 'rate: requests a second; ratios: of the rates; p50_ms, p99_ms: milliseconds; cpu_us: microseconds of CPU a request',
    rows_per_order: sides[0].limit.rows,
    measurements: measurements.map(summarize),
  };
  const text = toText(result), path = join(buildDir, 'bench-peers');
  writeFileSync(`${path}.json`, `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(`${path}.txt`, text);
  console.log(`\n${text}\nWritten to ${path}.txt and .json`);
}

// ---- From the start to the end

const peers = [];
let starting, cleaning;

async function stopAll() {
  stopLoad();
  await stopPeers();
  await (await starting?.catch(() => undefined))?.stop();
}

// Once, though both a signal and the error that it causes ask for it.
const cleanUp = () => (cleaning ??= stopAll());

for (const [signal, status] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]])
  process.once(signal, () => cleanUp().finally(() => process.exit(status)));

if (options.help) {
  console.log(usage);
  process.exit(0);
}
const needed = missing();
if (needed.length > 0) {
  console.error(needed.map((what) => `bench: missing: ${what}`).join('\n'));
  process.exit(2);
}
try {
  if (measurements.length === 0) throw new Error(`no measurement has '${options.only}' in its name`);
  console.log(`Starting a system of the programs in ${buildDir}`);
  process.env.ORDERZAP_CLUSTER_OPTIONS = ''; // the tests' fast and unsafe ones are not wanted
  starting = startStack({ settings });
  const stack = await starting, sides = await prepare(stack);
  await warmUp(stack, sides);
  await measureAll(sides);
  report(stack, sides);
} catch (error) {
  console.error(`bench: nothing is reported: ${process.env.BENCH_DEBUG ? error.stack : error.message}`);
  if (cleaning === undefined) for (const peer of peers) console.error(`The last output of ${peer.name}:\n${peer.lastWords()}`);
  process.exitCode = 1;
} finally {
  await cleanUp();
}
