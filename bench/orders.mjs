// Orders as guests send them: the product's side of the comparison.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lineOf, orderOf, readMenu } from '../tests/api/lib/client.mjs';
import { runWrk } from './load.mjs';
import { options } from './options.mjs';
import { slug } from './restaurants.mjs';
import { addedRows, countRows, settle } from './rows.mjs';
import { readCpu, subtractCpu } from './usage.mjs';

// Three lines, each of a dish that asks for one choice.
async function threeLines(stack, restaurant) {
  const { items } = await readMenu(stack, slug(restaurant));
  const lines = items.filter((i) => i.is_available).map((i) => lineOf(i)).filter((l) => l.customizations.length === 1);
  if (lines.length < 3) throw new Error('the menu has no three dishes with one choice to make');
  return lines.slice(0, 3);
}

/** Writes wrk's body and each crowd's tokens; returns the order's body. */
export async function prepareOrders(stack, crowds) {
  const body = orderOf(...await threeLines(stack, crowds[0].first));
  crowds.forEach((crowd, i) => {
    crowd.tokens = join(stack.dir, `bench-tokens-${i}`);
    writeFileSync(crowd.tokens, crowd.places.map((p) => `${p.token}\n`).join(''));
  });
  return body;
}

let runs = 0;

function post(bench, crowd, connections, seconds) {
  runs += 1;
  return runWrk(bench.stack.url, connections, seconds, {
    BENCH_TOKENS: crowd.tokens,
    BENCH_BODY: JSON.stringify(bench.order),
    BENCH_KEY: `${Date.now().toString(16)}-${String(runs).padStart(4, '0')}`,
  });
}

// What was answered is in the database, with as many rows in each table as the limit's.
function check(bench, added, answered, connections) {
  if (added.orders < answered || added.orders > answered + 2 * connections)
    throw new Error(`${answered} orders were answered, ${added.orders} are in the database`);
  const wanted = JSON.stringify(bench.limit.rows);
  if (JSON.stringify(added.perOrder) !== wanted)
    throw new Error(`rows written for each order: ${JSON.stringify(added.perOrder)}, not ${wanted}`);
}

// A thousand handshakes, and a line a second long, before the first is served in its turn.
const longer = (seconds, connections) => (connections > 256 ? 3 * seconds : seconds);

/** One measurement: {rate, p50, p99, cpu}, times in ms, CPU in us an order. */
export async function measureOrders(bench, crowd, connections) {
  const { stack } = bench;
  await settle(stack);
  const before = countRows(stack);
  stack.sql('CHECKPOINT');
  const lead = await post(bench, crowd, connections, longer(options.lead, connections));
  const cpu = bench.groups && readCpu(bench.groups);
  const result = await post(bench, crowd, connections, longer(options.seconds, connections));
  if (cpu) result.cpu = subtractCpu(readCpu(bench.groups), cpu, result.requests);
  await settle(stack);
  check(bench, addedRows(before, countRows(stack)), lead.requests + result.requests, connections);
  return result;
}
