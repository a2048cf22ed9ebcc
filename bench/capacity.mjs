// What an installation of many restaurants needs: the calculator of
// docs/capacity.md. What an operation costs is measured, how often guests and
// staff come is assumed; both can be set.
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildDir } from '../tests/api/lib/paths.mjs';
import { table } from './cost.mjs';
import { assumptions, coresOf, ratesOf } from './forecast.mjs';

const machine = {
  cores: [availableParallelism(), 'cores of a machine'],
  busy: [0.6, 'share of its cores that may be busy, so that a burst finds room'],
};

// The rate of an order as a share of plain PostgreSQL's on the same cores, as
// measured with Citus 13.2; the middle of the range.
const citus = { coordinator: (0.11 + 0.16) / 2, node: (0.35 + 0.49) / 2 };

const usage = `Usage: node bench/capacity.mjs [OPTION]...
Computes the cores and machines that an evening needs from the measured CPU per operation.
Costs are taken from bench-evening.json in BUILD_DIR (var/build), those of orders
and menus from bench-result.json if only that exists; otherwise, or in addition:

  --costs FILE          take them from another run's bench-evening.json
  --cost OP=PG+WEB      the cost of one operation, in microseconds; may be repeated
                        (${Object.keys(ratesOf(Object.fromEntries(Object.keys(assumptions).map((n) => [n, 1])))).join(', ')})
${Object.entries({ ...assumptions, ...machine }).map(([name, [value, what]]) => `  --${`${name} N`.padEnd(20)}${what} (${value})`).join('\n')}
  --json                print JSON
  --help                print this`;

function fail(message) {
  console.error(`capacity: ${message}; see --help`);
  process.exit(2);
}

function readOptions() {
  const numbers = Object.entries({ ...assumptions, ...machine });
  let given;
  try {
    given = parseArgs({ options: { costs: { type: 'string' }, cost: { type: 'string', multiple: true, default: [] }, json: { type: 'boolean' }, help: { type: 'boolean' },
      ...Object.fromEntries(numbers.map(([name]) => [name, { type: 'string' }])) } }).values;
  } catch (error) {
    fail(error.message);
  }
  if (given.help) {
    console.log(usage);
    process.exit(0);
  }
  const assumed = Object.fromEntries(numbers.map(([name, [value]]) => [name, Number(given[name] ?? value)]));
  for (const [name, n] of Object.entries(assumed)) if (!(n >= 0)) fail(`--${name} takes a number`);
  if (!(assumed.cores >= 1) || !(assumed.busy > 0 && assumed.busy <= 1)) fail('--cores takes 1 or more, --busy a share of 1');
  return { ...given, assumed };
}

// Of the bench: an order at 64 connections, and the menu from nginx's cache.
function fromBench(file) {
  const { measurements } = JSON.parse(readFileSync(file, 'utf8'));
  const cost = (name) => {
    const us = measurements.find((m) => m.name.startsWith(name))?.product.cpu_us;
    return us && { postgres: us.postgres, web: us.orderzapd + us.nginx };
  };
  return Object.fromEntries([['order', cost('order, 64')], ['menu', cost('menu, plain')]].filter(([, c]) => c !== undefined));
}

/** {op: {postgres, web}}, and where it was read from. */
function readCosts({ costs: file, cost }) {
  const costs = {}, sources = [], take = (name, read) => {
    if (!existsSync(name)) return false;
    Object.assign(costs, read(name));
    sources.push(name);
    return true;
  };
  if (file !== undefined && !existsSync(file)) fail(`${file} not found`);
  if (!take(file ?? join(buildDir, 'bench-evening.json'), (name) => JSON.parse(readFileSync(name, 'utf8')).costs))
    take(join(buildDir, 'bench-result.json'), fromBench);
  for (const text of cost) {
    const [, what, postgres, web] = /^(\w+)=([\d.]+)\+([\d.]+)$/.exec(text) ?? fail(`--cost takes OP=PG+WEB, not ${text}`);
    costs[what] = { postgres: Number(postgres), web: Number(web) };
  }
  return { costs, sources };
}

const machines = (cores, { cores: each, busy }) => Math.max(1, Math.ceil(cores / (each * busy)));

/** What each kind of installation needs. */
function plan(rates, costs, assumed) {
  const busy = coresOf(rates, costs), room = assumed.cores * assumed.busy;
  const share = Math.min(1, room / (busy.postgres + busy.web));
  return {
    rates, busy_cores: busy,
    one_machine: { cores: (busy.postgres + busy.web) / assumed.busy, share_borne: share, guests_borne: Math.floor(share * assumed.restaurants * assumed.guests) },
    web_nodes: { database_cores: busy.postgres / assumed.busy, nodes: machines(busy.web, assumed) },
    citus: {
      database_nodes: machines(busy.postgres / citus.node, assumed),
      database_nodes_by_coordinator: machines(busy.postgres / citus.coordinator, assumed),
      web_nodes: machines(busy.web, assumed),
    },
  };
}

function toText(result, costs, sources, assumed) {
  const one = (n) => n.toFixed(1), each = `${assumed.cores} cores, ${Math.round(assumed.busy * 100)} % of them busy`;
  return [
    `${assumed.restaurants} restaurants with ${assumed.guests} guests each; costs from ${sources.join(', ') || 'the command line'}`, '',
    ...table(['operation', 'a second', 'PostgreSQL, us', 'web, us', 'cores'], Object.entries(result.rates).map(([what, rate]) =>
      [what, one(rate), Math.round(costs[what].postgres), Math.round(costs[what].web), (rate * (costs[what].postgres + costs[what].web) / 1e6).toFixed(2)])),
    '',
    `Busy cores: PostgreSQL ${one(result.busy_cores.postgres)}, web ${one(result.busy_cores.web)}.`, '',
    ...table([`machines of ${each}`, 'database', 'web'], [
      ['one for both', `${one(result.one_machine.cores)} cores`, ''],
      ['more web nodes', `${one(result.web_nodes.database_cores)} cores`, result.web_nodes.nodes],
      ['Citus, clients at the nodes', result.citus.database_nodes, result.citus.web_nodes],
      ['Citus, through a coordinator', result.citus.database_nodes_by_coordinator, result.citus.web_nodes]]),
    '', `One such machine alone carries ${one(100 * result.one_machine.share_borne)} %: ${result.one_machine.guests_borne} guests at once.`,
  ].join('\n');
}

const options = readOptions(), { costs, sources } = readCosts(options);
const rates = Object.fromEntries(Object.entries(ratesOf(options.assumed)).filter(([, rate]) => rate > 0));
const missing = Object.keys(rates).filter((what) => costs[what] === undefined);
if (missing.length > 0) fail(`no costs found for: ${missing.join(', ')} (make bench-evening, or --cost)`);
const result = plan(rates, costs, options.assumed);
console.log(options.json ? JSON.stringify({ assumed: options.assumed, costs, ...result }, null, 2) : toText(result, costs, sources, options.assumed));
