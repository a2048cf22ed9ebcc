// The limit for orders: pgbench runs the statements of an order, as fast as
// PostgreSQL takes them and with nothing in between.
//
// What it runs is not written here, where it could drift from the
// product, but made at run time: recording.mjs says which statements an order
// takes and with which parameters, sql/statements has their text. All of
// them, reads and writes, go out in one pipeline and so in one round trip, as
// the workers' role, prepared. A parameter becomes
//   - NULL where it is NULL, since pgbench has no such value;
//   - a pgbench variable, hence a text parameter as the worker sends one, where
//     it is the same in each order;
//   - an SQL expression of the text around it and a number from pgbench where it
//     is or contains an id or the key of this order. New ids begin with the time
//     of the run and then count up, so they enter the indexes at their right
//     end, as the product's uuids (version 7) do.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workerStatements } from '../tests/api/lib/statements.mjs';
import { runLoad, threads } from './load.mjs';
import { options } from './options.mjs';
import { recordOrder, recordRead } from './recording.mjs';
import { base, prefixes, restaurantId } from './restaurants.mjs';
import { addedRows, countRows, findOrder, settle } from './rows.mjs';
import { readCpu, subtractCpu } from './usage.mjs';

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const literal = (text) => `'${text.replaceAll("'", "''")}'`;

// A new id, as uuid version 7 has it: <time of the run>-7000-8000-, which is
// pgbench's variable :run, then nine digits of :number, then three of the kind.
const newId = (kind) => [{ variable: 'run' }, { variable: 'number' }, { text: String(kind).padStart(3, '0') }];
const numberedId = (kind, variable) => [{ text: prefixes[kind] }, { variable }];

// What the recording's parameters contain, and what replaces it.
function replacements(stack, recorded, place) {
  const of = new Map([
    [restaurantId(place.restaurant), numberedId('restaurant', 'restaurant')],
    [place.session.table_id, numberedId('table', 'table')],
    [place.session.id, numberedId('session', 'table')],
    [place.diner.id, numberedId('diner', 'table')],
    [recorded.key, newId(0)],
  ]);
  findOrder(stack, recorded.orderId).ids.filter((id) => !of.has(id)).forEach((id, i) => of.set(id, newId(i + 1)));
  return of;
}

function constantOf(text, constants) {
  if (!constants.has(text)) constants.set(text, `constant_${constants.size + 1}`);
  return `:${constants.get(text)}`;
}

// pgbench would take a colon in a text for a variable, quoted or not.
const textOf = (text, constants) => (/:\w/.test(text) ? `${constantOf(text, constants)}::text` : literal(text));

// Joins neighbouring texts; pieces without a variable become one text.
function expression(pieces, constants) {
  const joined = [];
  for (const piece of pieces) {
    if (piece.text !== undefined && joined.at(-1)?.text !== undefined) joined.at(-1).text += piece.text;
    else joined.push({ ...piece });
  }
  const parts = joined.filter((p) => p.text !== '').map((p) => (p.text !== undefined ? textOf(p.text, constants) : `:${p.variable}::text`));
  return `(${parts.join(' || ')})`;
}

// The text of one parameter's place in SQL.
function parameterOf(value, of, constants) {
  if (value === null) return 'NULL';
  if (of.size === 0) return constantOf(value, constants);
  const known = new RegExp(`(${[...of.keys()].join('|')})`);
  if (!known.test(value)) return constantOf(value, constants);
  const pieces = value.split(known).flatMap((part) => of.get(part) ?? [{ text: part }]);
  return expression(pieces, constants) + (of.has(value) && value.length === 36 && /^[0-9a-f-]+$/.test(value) ? '::uuid' : '');
}

function statement({ name, parameters }, of, constants) {
  const { file } = workerStatements().find((s) => s.name === name.toLowerCase());
  const sql = readFileSync(file, 'utf8').replace(/^\s*--.*\n/gm, '').trim();
  if (/(^|[^:]):\w/.test(sql)) throw new Error(`${file}: pgbench would take a colon in it for a variable`);
  return `${sql.replace(/\$(\d+)/g, (_, n) => parameterOf(parameters[n - 1], of, constants))};`;
}

const script = (statements) => `-- Made by bench/limit.mjs from a recorded order and sql/statements.
\\set turn :turn + 1
\\set place :client_id * :step + :turn
\\set restaurant ${base} + :first + :place % :restaurants
\\set table ${base + 1} + :tables + (:place / :restaurants) % :tables
\\set number 100000000 + :turn * 1000 + :client_id
\\startpipeline
${statements.join('\n')}
\\endpipeline
`;

// What a worker's connection says: there are readers for both outboxes.
const outboxes = { PGOPTIONS: '-c orderzap.mirror=on -c orderzap.events=on' };

// pgbench for one crowd; the run's variables and the parameters that stay.
function pgbench(limit, crowd, connections, args) {
  const variables = {
    turn: 0,
    first: crowd.first,
    restaurants: crowd.restaurants,
    tables: crowd.tables,
    step: Math.max(1, Math.floor(crowd.restaurants * crowd.tables / connections)),
    run: `${Date.now().toString(16).padStart(12, '0').replace(/^.{8}/, '$&-')}-7000-8000-`,
  };
  for (const [value, name] of limit.constants) variables[name] = value;
  return runLoad(process.env.PGBENCH, [
    '--no-vacuum', '--protocol=prepared', '--file', limit.file, '--client', String(connections),
    '--jobs', String(threads(connections)), ...args,
    ...Object.entries(variables).flatMap(([name, value]) => ['-D', `${name}=${value}`]), limit.url], outboxes);
}

const planning = ['plan_cache_mode', 'enable_seqscan', 'random_page_cost', 'jit'];

// The limit plans as the workers do: their role's settings are its own, whatever its environment says.
function checkPlanning(url) {
  const is = execFileSync('psql', ['-XAtqd', url, '-c', `SELECT ${planning.map((s) => `current_setting('${s}')`)}`], { encoding: 'utf8' }).trim();
  const wanted = 'force_generic_plan|off|1.1|off';
  if (is !== wanted) throw new Error(`the limit plans with ${is}, not ${wanted}`);
}

/** Records an order and makes the limit of it. */
export async function makeLimit({ stack, order }, crowd) {
  const place = crowd.places[0], constants = new Map(), before = countRows(stack);
  const recorded = await recordOrder(stack, place, order);
  await settle(stack);
  const of = replacements(stack, recorded, place);
  const limit = {
    constants,
    file: join(stack.dir, 'bench-order.pgbench'),
    url: stack.database_url.replace('postgres@', 'orderzap_app@'),
    sampleOrder: recorded.orderId,
    statements: recorded.statements.map((s) => s.name.toLowerCase()),
    rows: addedRows(before, countRows(stack)).perOrder,
    async placeOne() {
      await pgbench(limit, crowd, 1, ['--transactions', '1']);
      return stack.sqlValue('SELECT id FROM orders ORDER BY created_at DESC LIMIT 1');
    },
  };
  checkPlanning(limit.url);
  writeFileSync(limit.file, script(recorded.statements.map((s) => statement(s, of, constants))));
  return limit;
}

// The log's transactions that ended between two times, in ms: their durations.
function readDurations(dir, from, to) {
  const durations = [];
  for (const name of readdirSync(dir).filter((n) => n.startsWith('bench-log.'))) {
    for (const line of readFileSync(join(dir, name), 'utf8').split('\n')) {
      const [, , us, , second, fraction] = line.split(' ').map(Number);
      const end = second * 1000 + fraction / 1000;
      if (end >= from && end < to) durations.push(us / 1000);
    }
    rmSync(join(dir, name));
  }
  return durations.sort((a, b) => a - b);
}

function checkTransactions(out) {
  if (!/number of failed transactions: 0 /.test(out)) throw new Error(`transactions of the limit failed: ${out}`);
}

function check(limit, out, added) {
  checkTransactions(out);
  const processed = Number(/number of transactions actually processed: (\d+)/.exec(out)[1]);
  if (added.orders !== processed) throw new Error(`the limit made ${processed} orders, ${added.orders} are in the database`);
  if (JSON.stringify(added.perOrder) !== JSON.stringify(limit.rows))
    throw new Error(`the limit's rows for each order: ${JSON.stringify(added.perOrder)}, not ${JSON.stringify(limit.rows)}`);
}

// pgbench prepares and plans at first, so only a window in the middle of its
// run counts, cut out of its log. Returns what pgbench wrote and the measurement.
async function measure({ stack, groups }, start) {
  const running = start(['--time', String(options.lead + options.seconds + 1), '--log', '--log-prefix', join(stack.dir, 'bench-log')]);
  running.catch(() => {}); // seen below
  await pause(options.lead * 1000);
  const cpu = groups && readCpu(groups), from = Date.now();
  await pause(options.seconds * 1000);
  const cpuAfter = groups && readCpu(groups), to = Date.now();
  const out = await running;
  const durations = readDurations(stack.dir, from, to), at = (share) => durations[Math.floor(share * (durations.length - 1))];
  const result = { requests: durations.length, seconds: (to - from) / 1000, p50: at(0.5), p99: at(0.99) };
  if (groups) result.cpu = subtractCpu(cpuAfter, cpu, result.requests);
  return { out, result: { ...result, rate: result.requests / result.seconds } };
}

/** One measurement, as measureOrders(). */
export async function runLimit(bench, crowd, connections) {
  const { stack, limit } = bench;
  await settle(stack);
  const before = countRows(stack);
  stack.sql('CHECKPOINT');
  const { out, result } = await measure(bench, (args) => pgbench(limit, crowd, connections, args));
  await settle(stack);
  check(limit, out, addedRows(before, countRows(stack)));
  return result;
}

/** The limit of a read: its statements in one round trip, for measureRead(). */
export async function makeReadLimit({ stack }, { name, path, token, statement: wanted }) {
  const constants = new Map(), none = new Map(), file = join(stack.dir, `bench-${name}.pgbench`);
  const statements = (await recordRead(stack, path, token, wanted)).map((s) => statement(s, none, constants));
  writeFileSync(file, `\\startpipeline\n${statements.join('\n')}\n\\endpipeline\n`);
  return (bench, connections) => measure(bench, (args) => runLoad(process.env.PGBENCH, [
    '--no-vacuum', '--protocol=prepared', '--file', file, '--client', String(connections), '--jobs', String(threads(connections)), ...args,
    ...[...constants].flatMap(([value, variable]) => ['-D', `${variable}=${value}`]), bench.limit.url], outboxes)).then(({ out, result }) => {
    checkTransactions(out);
    return result;
  });
}
