// The bench: a system, something to order, the limits, the rounds, the report.
import { isDeepStrictEqual } from 'node:util';
import { buildDir, startStack } from '../tests/api/lib/stack.mjs';
import { makeLimit, runLimit } from './limit.mjs';
import { stopLoad } from './load.mjs';
import { menuLimit, measureMenu, startStatic } from './menu.mjs';
import { settings, usage, options } from './options.mjs';
import { measureOrders, prepareOrders } from './orders.mjs';
import { measureRead, prepareReads } from './reads.mjs';
import { writeReport } from './report.mjs';
import { addRestaurants, openPlaces } from './restaurants.mjs';
import { rowsOfOrder } from './rows.mjs';
import { groups, workerMemory } from './usage.mjs';

// The orders of many restaurants, and those of a single one: there the number's
// counter lets one order commit after the other.
const town = { first: 1, restaurants: 100, tables: 4 };
const hot = { first: 101, restaurants: 1, tables: 12 };

// As many connections as PostgreSQL serves best; more would only show how much it
// suffers from them, and the product never has more than its pool.
const limitConnections = (n) => Math.min(n, 64);

function scenarios(bench) {
  const orders = (name, crowd, connections, goal) => ({
    name, goal, kind: 'order',
    product: () => measureOrders(bench, crowd, connections),
    limit: () => runLimit(bench, crowd, limitConnections(connections)),
  });
  const read = (what, name, connections, goal) => ({
    name: `${what}, ${connections} connections`, goal, kind: 'read',
    product: () => measureRead(bench, name, connections),
    limit: name === 'login' ? undefined : () => bench.reads[name].limit(bench, connections),
  });
  const menu = (name, variant, goal) => ({
    name, goal, kind: 'menu',
    product: () => measureMenu(bench, bench.menu[variant].product),
    limit: () => measureMenu(bench, bench.menu[variant].limit),
  });
  return [
    orders('order, 16 connections', town, 16, 'ratio 0.70'),
    orders('order, 64 connections', town, 64, 'ratio 0.80'),
    orders('order, 256 connections', town, 256, 'none fails'),
    orders('order, 1000 connections', town, 1000, 'none fails'),
    orders('order, one restaurant, 16', hot, 16, '600/s'),
    orders('order, one restaurant, 64', hot, 64, '600/s'),
    orders('order, one restaurant, 256', hot, 256, 'none fails'),
    orders('order, one restaurant, 1000', hot, 1000, 'none fails'),
    menu('menu, plain, 64', 'plain', 'ratio 0.85'),
    menu('menu, gzip, 64', 'gzip', 'as plain'),
    menu('menu, 304, 64', 'unchanged', 'ratio 0.85'),
    read('page of 50 orders', 'list', 16, '-'),
    read('bill', 'bill', 16, '-'),
    read('sign-in', 'login', 16, '-'),
  ];
}

async function checkLimit(bench) {
  const product = rowsOfOrder(bench.stack, bench.limit.sampleOrder);
  const limit = rowsOfOrder(bench.stack, await bench.limit.placeOne());
  if (isDeepStrictEqual(product, limit)) return;
  console.error(JSON.stringify({ product, limit }, null, 1));
  throw new Error('the limit does not write the rows that the product writes (above)');
}

async function prepare(bench) {
  const { stack } = bench;
  const durable = ['fsync', 'synchronous_commit', 'full_page_writes'].filter((name) => stack.sqlValue(`SHOW ${name}`) !== 'on');
  if (durable.length > 0) throw new Error(`PostgreSQL is not durable: ${durable.join(', ')}`);
  console.log('Preparing restaurants, sessions and the limits');
  addRestaurants(stack, [town, hot]);
  await openPlaces(stack, [town, hot]);
  bench.order = await prepareOrders(stack, [town, hot]);
  bench.limit = await makeLimit(bench, town);
  await checkLimit(bench);
  await prepareReads(bench, town);
  bench.static = await startStatic(stack);
  bench.menu = await menuLimit(stack, bench.static);
  bench.groups = groups(bench);
}

// Not counted: what is slow the first time, and statistics for the planner.
async function warmUp(bench) {
  console.log('Warming up');
  await measureOrders(bench, town, 16);
  await runLimit(bench, town, 16);
  bench.stack.sql('VACUUM ANALYZE');
}

async function measureAll(all) {
  for (let round = 1; round <= options.rounds; round++) {
    for (const s of all) {
      const product = await s.product();
      const limit = await s.limit?.();
      s.rounds.push({ product, limit });
      console.log(`round ${round}/${options.rounds}  ${s.name.padEnd(27)} ${Math.round(product.rate).toString().padStart(7)}/s` +
        (limit ? ` of ${Math.round(limit.rate).toString().padStart(7)}/s = ${(product.rate / limit.rate).toFixed(2)}` : ''));
    }
  }
}

const bench = {};
const measured = scenarios(bench).filter((s) => s.name.includes(options.only)).map((s) => ({ ...s, rounds: [] }));
let starting, cleaning;

async function stopAll() {
  stopLoad();
  bench.static?.stop();
  const stack = await starting?.catch(() => undefined);
  await stack?.stop();
}

// Once, though both a signal and the error that it causes ask for it.
const cleanUp = () => (cleaning ??= stopAll());

for (const [signal, status] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]])
  process.once(signal, () => cleanUp().finally(() => process.exit(status)));

if (options.help) {
  console.log(usage);
  process.exit(0);
}
try {
  if (measured.length === 0) throw new Error(`no measurement has '${options.only}' in its name`);
  console.log(`Starting a system of the programs in ${buildDir}`);
  process.env.ORDERZAP_CLUSTER_OPTIONS = ''; // the tests' fast and unsafe ones are not wanted
  starting = startStack({ settings });
  bench.stack = await starting;
  await prepare(bench);
  await warmUp(bench);
  await measureAll(measured);
  writeReport(bench, measured, workerMemory(bench));
} catch (error) {
  console.error(`bench: nothing is reported: ${process.env.BENCH_DEBUG ? error.stack : error.message}`);
  process.exitCode = 1;
} finally {
  await cleanUp();
}
